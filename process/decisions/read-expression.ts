// Reads the boxed expressions of DMN: what moddle has read becomes plain data.
import type { ModdleElement } from 'dmn-moddle';
import type { Aggregation, Expression, HitPolicy, Item, TableSource } from './model.ts';

/** Says what is wrong with the file, and never returns. */
export type Refuse = (detail: string) => never;

/** What a table has from the decision and file that it stands in. */
export type TableOrigin = Pick<TableSource, 'id' | 'name' | 'description' | 'version' | 'file'>;

const hitPolicies: readonly string[] = [
  'UNIQUE',
  'ANY',
  'FIRST',
  'PRIORITY',
  'RULE ORDER',
  'OUTPUT ORDER',
  'COLLECT',
] satisfies HitPolicy[];

/** The expression of `element`, which is in the decision or function of `origin`. */
export function readExpression(element: ModdleElement, origin: TableOrigin, refuse: Refuse): Expression {
  const type = typeOf(element);
  const read = (part: ModdleElement | undefined, place: string): Expression =>
    part ? readExpression(part, origin, refuse) : refuse(`${origin.id}: ${place} is empty`);
  const child = (part: ModdleElement | undefined, place: string): Expression => read(part?.value, place);

  switch (element.$type) {
    case 'dmn:LiteralExpression':
      return { kind: 'literal', type, text: textOf(element) };
    case 'dmn:DecisionTable':
      return { kind: 'table', type, table: readTable(element, origin, refuse) };
    case 'dmn:Context':
      return {
        kind: 'context',
        type,
        entries: many(element.contextEntry).map((entry) => ({
          variable: entry.variable ? itemOf(entry.variable) : null,
          value: read(entry.value, `the entry ${entry.variable?.name ?? '(result)'} of a context`),
        })),
      };
    case 'dmn:Invocation':
      return {
        kind: 'invocation',
        type,
        called: read(element.calledFunction, 'the called function of an invocation'),
        bindings: many(element.binding).map((binding) => ({
          name: binding.parameter?.name ?? '',
          value: binding.bindingFormula
            ? readExpression(binding.bindingFormula, origin, refuse)
            : { kind: 'literal', type: 'Any', text: 'null' },
        })),
      };
    case 'dmn:FunctionDefinition':
      return readFunction(element, origin, refuse);
    case 'dmn:List':
      return { kind: 'list', type, items: many(element.elements).map((item) => read(item, 'an element of a list')) };
    case 'dmn:Relation':
      return {
        kind: 'relation',
        type,
        columns: many(element.column).map((column) => column.name),
        rows: many(element.row).map((row) => many(row.elements).map((cell) => read(cell, 'a cell of a relation'))),
      };
    case 'dmn:Conditional':
      return {
        kind: 'conditional',
        type,
        if: child(element.if, 'if'),
        // biome-ignore lint/suspicious/noThenProperty: the name that DMN gives it; nothing awaits an expression
        then: child(element.then, 'then'),
        else: child(element.else, 'else'),
      };
    case 'dmn:For':
    case 'dmn:Some':
    case 'dmn:Every':
      return {
        kind: element.$type.slice('dmn:'.length).toLowerCase() as 'for' | 'some' | 'every',
        type,
        variable: element.iteratorVariable ?? '',
        in: child(element.in, 'in'),
        each: child(element.$type === 'dmn:For' ? element.return : element.satisfies, 'what is done with each element'),
      };
    case 'dmn:Filter':
      return { kind: 'filter', type, in: child(element.in, 'in'), match: child(element.match, 'match') };
    default:
      return refuse(`${origin.id} has the element ${element.$type}, which is no expression known here`);
  }
}

/** A function definition; a body in another language than FEEL is left out. */
export function readFunction(
  element: ModdleElement,
  origin: TableOrigin,
  refuse: Refuse,
): Extract<Expression, { kind: 'function' }> {
  const isFeel = (element.kind ?? 'FEEL') === 'FEEL';
  return {
    kind: 'function',
    type: typeOf(element),
    parameters: many(element.formalParameter).map(itemOf),
    body: isFeel && element.body ? readExpression(element.body, origin, refuse) : null,
  };
}

function readTable(table: ModdleElement, origin: TableOrigin, refuse: Refuse): TableSource {
  const outputs = many(table.output);
  const hitPolicy = table.hitPolicy ?? 'UNIQUE';
  if (!hitPolicies.includes(hitPolicy))
    refuse(`table ${origin.id} has the hit policy ${hitPolicy}; known are ${hitPolicies.join(', ')}`);
  return {
    ...origin,
    hitPolicy,
    aggregation: (table.aggregation as Aggregation | undefined) ?? null,
    inputs: many(table.input).map((input) => ({
      expression: textOf(input.inputExpression),
      type: typeOf(input.inputExpression),
      allowed: textOf(input.inputValues) || null,
    })),
    outputs: outputs.map((output) => ({
      name: output.name ?? origin.id,
      type: typeOf(output),
      allowed: textOf(output.outputValues) || null,
    })),
    defaults: outputs.some((output) => output.defaultOutputEntry)
      ? outputs.map((output) => textOf(output.defaultOutputEntry) || 'null')
      : null,
    rules: many(table.rule).map((rule) => ({
      tests: many(rule.inputEntry).map((cell) => textOf(cell) || '-'),
      results: many(rule.outputEntry).map((cell) => textOf(cell) || '-'),
    })),
  };
}

export function itemOf(element: ModdleElement): Item {
  return { name: nameOf(element), type: typeOf(element) };
}

/** A name as FEEL compares it: without surrounding blanks, and with single ones inside. */
export function nameOf(element: ModdleElement): string {
  return (element.name ?? element.id ?? '').trim().replace(/\s+/g, ' ');
}

/** DMN 1.1 writes the types of FEEL with a prefix. */
function typeOf(element: ModdleElement | undefined): string {
  return withoutPrefix(element?.typeRef) ?? 'Any';
}

export function withoutPrefix(type: string | undefined): string | undefined {
  return type?.trim().replace(/^(?:feel|\w*feel\w*):/, '') || undefined;
}

export function textOf(element: ModdleElement | undefined): string {
  return (element?.text ?? '').trim();
}

export function many(elements: ModdleElement[] | undefined): ModdleElement[] {
  return elements ?? [];
}
