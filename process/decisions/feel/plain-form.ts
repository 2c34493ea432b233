// What most cells and conditions are made of, as plain functions: comparisons, sums, `and`, `or`, `not`, and a few functions
// of text. feelin says what is what, by its tree, and what comes out is what feelin's own evaluation gives, in a fraction of
// the time. Where the values are of other types than these, nothing is said, and feelin is asked.
import { parseExpression } from 'feelin';
import type { Scope } from './exchange-names.ts';
import { childrenOf, type TreeNode } from './tree.ts';

/** The value of an expression, which is one of these; undefined where it has to be asked of feelin. */
type PlainForm = (scope: Scope, input: unknown) => Plain | undefined;
type Plain = string | number | boolean | null;

/** `source` over variables of these names and the input, which is called `inputName`; null where it holds anything else. */
export function plainForm(source: string, names: readonly string[], inputName: string): PlainForm | null {
  const scope = Object.fromEntries([...names, inputName].map((name) => [name, null]));
  const { topNode } = parseExpression(source, scope, undefined);
  const [whole, ...more] = childrenOf(topNode);
  return whole && more.length === 0 ? formOf(whole) : null;

  function formOf(node: TreeNode): PlainForm | null {
    const text = source.slice(node.from, node.to);
    const children = childrenOf(node);
    switch (node.name) {
      case 'NumericLiteral':
        return /^-?\d+(?:\.\d+)?$/.test(text) ? constant(Number(text)) : null;
      case 'StringLiteral':
        return text.includes('\\') ? null : constant(text.slice(1, -1));
      case 'BooleanLiteral':
        return constant(text === 'true');
      case 'null':
        return constant(null);
      case 'VariableName':
        return variable(text);
      case 'ParenthesizedExpression':
        return children.length === 3 ? formOf(children[1] as TreeNode) : null;
      case 'Comparison':
      case 'ArithmeticExpression':
      case 'Conjunction':
      case 'Disjunction':
        return operation(children);
      case 'FunctionInvocation':
        return invocation(children);
      default:
        return null;
    }
  }

  function variable(name: string): PlainForm | null {
    if (name === inputName) return (_, input) => plain(input ?? null);
    return names.includes(name) ? (scope) => plain(scope[name] ?? null) : null;
  }

  function operation(children: readonly TreeNode[]): PlainForm | null {
    const [first, operator, second, ...more] = children;
    if (!first || !operator || !second || more.length > 0) return null;
    const operate = operations.get(source.slice(operator.from, operator.to));
    const [left, right] = [formOf(first), formOf(second)];
    return operate && left && right ? operate(left, right) : null;
  }

  function invocation([name, , parameters, ...more]: readonly TreeNode[]): PlainForm | null {
    if (!name || parameters?.name !== 'PositionalParameters' || more.length !== 1) return null;
    const words = source.slice(name.from, name.to).split(/\s+/);
    // A variable of that name comes before the function.
    if (words.some((word) => names.includes(word))) return null;
    const values = childrenOf(parameters).filter((child) => child.name !== ',');
    const [first, second] = values.map(formOf);
    const [one, two] = [ofOne.get(words.join(' ')), ofTwo.get(words.join(' '))];
    if (one && first && values.length === 1) return (scope, input) => one(first(scope, input));
    if (!two || !first || !second || values.length !== 2) return null;
    return (scope, input) => {
      const [text, match] = [first(scope, input), second(scope, input)];
      return typeof text === 'string' && typeof match === 'string' ? two(text, match) : undefined;
    };
  }
}

function constant(value: Plain): PlainForm {
  return () => value;
}

function plain(value: unknown): Plain | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

type Operation = (left: PlainForm, right: PlainForm) => PlainForm;

function ofNumbers(operate: (a: number, b: number) => number | boolean): Operation {
  return (left, right) => (scope, input) => {
    const [a, b] = [left(scope, input), right(scope, input)];
    return typeof a === 'number' && typeof b === 'number' ? plain(operate(a, b)) : undefined;
  };
}

/** Of values of one type, or with null. */
function ofSame(operate: (same: boolean) => boolean): Operation {
  return (left, right) => (scope, input) => {
    const [a, b] = [left(scope, input), right(scope, input)];
    if (a === undefined || b === undefined) return undefined;
    return a === null || b === null || typeof a === typeof b ? operate(a === b) : undefined;
  };
}

/** Both are asked, as feelin does: one that cannot be said makes the whole of it feelin's. */
function ofBooleans(operate: (a: boolean, b: boolean) => boolean): Operation {
  return (left, right) => (scope, input) => {
    const [a, b] = [left(scope, input), right(scope, input)];
    return typeof a === 'boolean' && typeof b === 'boolean' ? operate(a, b) : undefined;
  };
}

const operations = new Map<string, Operation>([
  ['=', ofSame((same) => same)],
  ['!=', ofSame((same) => !same)],
  ['<', ofNumbers((a, b) => a < b)],
  ['<=', ofNumbers((a, b) => a <= b)],
  ['>', ofNumbers((a, b) => a > b)],
  ['>=', ofNumbers((a, b) => a >= b)],
  ['+', ofNumbers((a, b) => a + b)],
  ['-', ofNumbers((a, b) => a - b)],
  ['*', ofNumbers((a, b) => a * b)],
  ['and', ofBooleans((a, b) => a && b)],
  ['or', ofBooleans((a, b) => a || b)],
]);

type Value = Plain | undefined;

const ofOne = new Map<string, (value: Value) => Value>([
  ['not', (value) => (typeof value === 'boolean' ? !value : undefined)],
  ['lower case', (text) => (typeof text === 'string' ? text.toLowerCase() : undefined)],
  ['upper case', (text) => (typeof text === 'string' ? text.toUpperCase() : undefined)],
]);

const ofTwo = new Map<string, (text: string, match: string) => boolean>([
  ['starts with', (text, match) => text.startsWith(match)],
  ['ends with', (text, match) => text.endsWith(match)],
  ['contains', (text, match) => text.includes(match)],
]);
