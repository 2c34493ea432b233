// What the wording of a step may hold: {text}, {json}, {object} and {tool}, besides what Cucumber has.
import { CucumberExpression, ParameterType, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';

const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const types = [
  /** A JSON string: `\n` is a newline in it. */
  new ParameterType('text', quoted, String, (text) => JSON.parse(text as string)),
  new ParameterType('json', `\\{.*\\}|\\[.*\\]|${quoted}|-?\\d[-+.\\deE]*|true|false|null`, null, (text) =>
    JSON.parse(text as string),
  ),
  new ParameterType('object', '\\{.*\\}', null, (text) => JSON.parse(text as string)),
  new ParameterType('tool', '[a-z][a-z0-9-]+', String, (name) => name as string),
];
const registry = new ParameterTypeRegistry();
for (const type of types) registry.defineParameterType(type);

export interface Wording {
  /** What `text` holds in its places, or null where it is worded otherwise. Throws where a place holds no JSON. */
  match(text: string): readonly unknown[] | null;
}

/** Throws where `expression` is no Cucumber expression. */
export function wordingOf(expression: string): Wording {
  const compiled = new CucumberExpression(expression, registry);
  return {
    match: (text) => compiled.match(text)?.map((argument) => withoutBigInt(argument.getValue(null))) ?? null,
  };
}

/** JSON has no word for them. */
function withoutBigInt(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
