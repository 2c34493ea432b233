// dmn-moddle knows DMN 1.3. The other versions are read as 1.3: their namespaces are exchanged, and the elements that
// came after it are added to what the reader knows.
import dmn13 from 'dmn-moddle/resources/dmn/json/dmn13.json' with { type: 'json' };

const models: Readonly<Record<string, string>> = {
  'http://www.omg.org/spec/DMN/20151101/dmn.xsd': '1.1',
  'http://www.omg.org/spec/DMN/20180521/MODEL/': '1.2',
  'https://www.omg.org/spec/DMN/20191111/MODEL/': '1.3',
  'https://www.omg.org/spec/DMN/20211108/MODEL/': '1.4',
  'https://www.omg.org/spec/DMN/20230324/MODEL/': '1.5',
};
const model13 = 'https://www.omg.org/spec/DMN/20191111/MODEL/';
const diagrams = /https?:\/\/www\.omg\.org\/spec\/DMN\/(?:20180521|20211108|20230324)\/DMNDI\//g;
const diagram13 = 'https://www.omg.org/spec/DMN/20191111/DMNDI/';

/** The namespace of the element `definitions`, or null where the text has no such element. */
export function namespaceOf(xml: string): string | null {
  const root = /<(?:([\w.-]+):)?definitions\b([^>]*)>/s.exec(xml);
  if (!root) return null;
  const attribute = root[1] ? `xmlns:${root[1]}` : 'xmlns';
  return new RegExp(`(?:^|\\s)${attribute}\\s*=\\s*["']([^"']*)["']`).exec(root[2] ?? '')?.[1] ?? '';
}

/** Whether models of that namespace are read. */
export function isKnownNamespace(namespace: string): boolean {
  return Object.hasOwn(models, namespace);
}

/** The same model in the namespaces of DMN 1.3. */
export function asVersion13(xml: string): string {
  let text = xml;
  for (const namespace of Object.keys(models)) text = text.replaceAll(`"${namespace}"`, `"${model13}"`);
  return text.replace(diagrams, diagram13);
}

type Property = { name: string; type: string; isAttr?: true; xml?: { serialize: 'property' } };
const attribute = (name: string): Property => ({ name, type: 'String', isAttr: true });
const child = (name: string): Property => ({ name, type: 'ChildExpression', xml: { serialize: 'property' } });
const element = (name: string, superClass: string, properties: Property[]) => ({
  name,
  superClass: [superClass],
  properties,
});

const later = [
  element('ChildExpression', 'DMNElement', [attribute('typeRef'), { name: 'value', type: 'Expression' }]),
  element('Conditional', 'Expression', [child('if'), child('then'), child('else')]),
  element('Filter', 'Expression', [child('in'), child('match')]),
  element('Iterator', 'Expression', [attribute('iteratorVariable'), child('in')]),
  element('For', 'Iterator', [child('return')]),
  element('Quantified', 'Iterator', [child('satisfies')]),
  element('Every', 'Quantified', []),
  element('Some', 'Quantified', []),
];
const typeConstraint = { name: 'typeConstraint', type: 'UnaryTests', xml: { serialize: 'property' } };

/** What the reader knows: DMN 1.3, the boxed expressions of 1.4 and the type constraints of 1.5. */
export const dmnPackage = {
  ...dmn13,
  types: [
    ...dmn13.types.map((type) =>
      type.name === 'ItemDefinition' ? { ...type, properties: [...(type.properties ?? []), typeConstraint] } : type,
    ),
    ...later,
  ],
};
