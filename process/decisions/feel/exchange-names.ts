// Exchanges, in the text of an expression, what feelin's grammar keeps for itself by calls of functions of our own, at the
// places that its own parser gives.
import { parseExpression, parseUnaryTests } from 'feelin';
import { childrenOf, type TreeNode } from './tree.ts';

export type Scope = Readonly<Record<string, unknown>>;
export type Kind = 'expression' | 'tests';

const functionNames: Readonly<Record<string, string>> = {
  date: 'own date',
  time: 'own time',
  'date and time': 'own date time',
  'years and months duration': 'own months between',
};
// Years that do not have four digits, offsets that feelin takes though they are none, and midnight as 24:00.
const ownLiteral = /^@"(?:-\d{4,}-|\d{5,}-|.*[+-]\d\d:\d\d|.*24:00:00)/;

/**
 * `text` with the names of temporal functions exchanged; with `operators`, arithmetic and ranges of `for` as well. The
 * variables of `scope` say which names there are: `Date-Time` may be one, or a difference.
 */
export function exchangeNames(text: string, kind: Kind, operators: boolean, scope: Scope): string {
  const tree = (kind === 'tests' ? parseUnaryTests : parseExpression)(text, scope, undefined);
  return rewritten(tree.topNode, text, operators);
}

function rewritten(node: TreeNode, text: string, operators: boolean): string {
  const { name, from, to } = node;
  const children = childrenOf(node);
  const inner = (): string => {
    let result = '';
    let place = from;
    for (const child of children) {
      result += text.slice(place, child.from) + rewritten(child, text, operators);
      place = child.to;
    }
    return result + text.slice(place, to);
  };
  const [first, second, third] = children;

  if (name === 'DateTimeConstructor' || name === 'SpecialFunctionName') {
    const written = text.slice(from, to);
    return functionNames[written.replace(/\s+/g, ' ')] ?? written;
  }
  if (name === 'AtLiteral' && ownLiteral.test(text.slice(from, to))) return `own literal(${text.slice(from + 1, to)})`;
  if (!operators || !first || !second) return inner();
  if (name === 'ArithmeticExpression') {
    const operand = (child: TreeNode): string => rewritten(child, text, operators);
    if (!third) return `own calculation("*", ${operand(second)}, -1)`;
    return `own calculation("${text.slice(second.from, second.to)}", ${operand(first)}, ${operand(third)})`;
  }
  if (name === 'IterationContext' && third)
    return `own steps(${rewritten(first, text, operators)}, ${rewritten(third, text, operators)})`;
  return inner();
}
