// Names that an expression uses and nothing gives it. feelin warns of those it comes across; a branch that is not taken
// is not looked at by it, so the tree is.
import { evaluate, parseExpression, parseUnaryTests } from 'feelin';

/** What is wrong with the first name of `text` that neither `scope`, FEEL nor the text itself knows; null where all are known. */
export function unknownNames(
  text: string,
  kind: 'expression' | 'tests',
  scope: Readonly<Record<string, unknown>>,
): string | null {
  const local = new Set(['item', 'partial', '?']);
  const used: string[] = [];
  let filters = 0;
  (kind === 'tests' ? parseUnaryTests : parseExpression)(text, scope, undefined).iterate({
    enter({ name, from, to }) {
      const word = text.slice(from, to).replace(/\s+/g, ' ');
      if (name === 'FilterExpression') filters++;
      if (name === 'Name' || name === 'Key' || name === 'ParameterName') local.add(word.replaceAll('"', ''));
      // Inside a filter, a name may be a field of the elements.
      if (name === 'VariableName' && filters === 0) used.push(word);
    },
    leave({ name }) {
      if (name === 'FilterExpression') filters--;
    },
  });
  const unknown = used.find((name) => !local.has(name) && !Object.hasOwn(scope, name) && !isFunctionOfFeel(name));
  return unknown === undefined ? null : `Variable '${unknown}' not found`;
}

function isFunctionOfFeel(name: string): boolean {
  return evaluate(name, {}).warnings.length === 0;
}
