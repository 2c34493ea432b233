// The one process of a BPMN 2.0 file, with the words that Arbiter adds to the standard.
import { BpmnModdle, type ModdleElement } from 'bpmn-moddle';

/** Says what is wrong, with the element's id; throws. */
export type Refuse = (detail: string) => never;

const texts = ['Input', 'Outputs', 'Inputs', 'Variables', 'Question'];
const attribute = (name: string) => ({ name, isAttr: true, type: 'String' });

/**
 * On a service task `arbiter:step` names the kernel's step, `arbiter:tool` a tool; on a gateway `arbiter:decision` names the
 * table that it asks, and `arbiter:atMost` says how often a token may pass before it takes the default flow. What is longer
 * stands as JSON in elements of the same namespace below extensionElements.
 */
const extension = {
  name: 'Arbiter',
  prefix: 'arbiter',
  uri: 'urn:arbiter:bpmn:1',
  xml: { tagAlias: 'lowerCase' },
  types: [
    {
      name: 'Working',
      extends: ['bpmn:Activity'],
      properties: ['step', 'tool', 'retries', 'timeout'].map(attribute),
    },
    { name: 'Asking', extends: ['bpmn:ExclusiveGateway'], properties: ['decision', 'atMost'].map(attribute) },
    ...texts.map((name) => ({
      ...{ name, superClass: ['Element'] },
      properties: [{ name: 'text', isBody: true, type: 'String' }],
    })),
  ],
};

export async function parseBpmn(xml: string, refuse: Refuse): Promise<ModdleElement> {
  const { rootElement, warnings } = await new BpmnModdle({ arbiter: extension })
    .fromXML(xml, 'bpmn:Definitions')
    .catch((error: Error) => refuse(`it is not BPMN: ${error.message.split('\n')[0]}`));
  if (warnings[0]) refuse(warnings[0].message.split('\n')[0] ?? 'it has unknown content');
  const processes = (rootElement.rootElements ?? []).filter(
    (element: ModdleElement) => element.$type === 'bpmn:Process',
  );
  if (processes.length !== 1) refuse(`it holds ${processes.length} processes instead of one`);
  return processes[0];
}

/** The text of the extension element `name` of an element, such as `Input`; undefined where it has none. */
export function extensionText({ extensionElements }: ModdleElement, name: (typeof texts)[number]): string | undefined {
  const found = (extensionElements?.values ?? []).find(({ $type }: ModdleElement) => $type === `arbiter:${name}`);
  return found?.text?.trim();
}
