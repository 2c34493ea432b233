// Cells of decision tables: FEEL's unary tests, compiled from text to functions of an input and a scope.
import { evaluate, parseUnaryTests, unaryTest } from 'feelin';
import { compileOverInput, type Scope } from './expression.ts';
import { inputName } from './kept-function.ts';
import { literalTests, membershipTest } from './literal-tests.ts';
import { ownFunctionsIn } from './own-functions.ts';
import { childrenOf, type TreeNode } from './tree.ts';

/** Whether a cell takes an input; null where that cannot be said. */
export type Test = (input: unknown, scope: Scope) => boolean | null;

export interface Cell {
  readonly test: Test;
  /** The same where it takes microseconds at most, and undefined where the text has to be evaluated anew. */
  readonly quick: (input: unknown, scope: Scope) => boolean | undefined;
}

/** The unary tests of a cell: `"gold"`, `> 5`, `[1..10]`, `not(…)`, or an expression over `?`. */
export function compileTests(text: string): Test {
  return compileCell(text).test;
}

export function compileCell(text: string): Cell {
  const quick = literalTests(text) ?? quickTests(text);
  const anew = testAnew(text);
  return { quick, test: (input, scope) => quick(input, scope) ?? anew(input, scope) };
}

type Quick = Cell['quick'];

/** Each of the tests by itself: one that takes the input is enough, but where one has to be evaluated anew all have to be. */
function quickTests(text: string): Quick {
  const { negated, tests } = splitTests(text);
  const quick = tests.map((test) => quickTest(text, test));
  if (quick.length === 0) return () => undefined;
  return (input, scope) => {
    // What of `not(…)` where nothing can be said of null is a matter of the whole text.
    if (negated && input === null) return undefined;
    let taken = false;
    for (const test of quick) {
      const verdict = test(input, scope);
      if (verdict === undefined) return undefined;
      taken ||= verdict;
    }
    return taken !== negated;
  };
}

/** One of the tests of `cell`. */
function quickTest(cell: string, test: TreeNode): Quick {
  const text = cell.slice(test.from, test.to);
  // Among others, `not(…)` is a function and no negation.
  const literal = /^not\s*\(/.test(text) ? null : (literalTests(text) ?? membershipTest(text));
  const content = test.firstChild as TreeNode;
  const isSimple = content.name === 'SimplePositiveUnaryTest';
  const range = isSimple ? content.getChild('Interval') : null;
  const other = range
    ? withinRange(cell, range)
    : quickExpression(isSimple ? `${inputName} ${text}` : overInput(cell, content));
  return (input, scope) => literal?.(input) ?? other(input, scope);
}

/** One that comes out as null takes nothing; one that is a value is to be compared with the input, which is feelin's affair. */
function quickExpression(whole: string): Quick {
  const evaluated = whole.includes(inputName) ? compileOverInput(whole) : () => undefined;
  return (input, scope) => {
    const known = evaluated(input, scope);
    if (known === null) return false;
    return typeof known === 'boolean' ? known : undefined;
  };
}

/** Between numbers only. */
function withinRange(cell: string, range: TreeNode): Quick {
  const [open, first, , last, close] = childrenOf(range);
  if (!open || !first || !last || !close) return () => undefined;
  const [start, end] = [first, last].map((bound) => compileOverInput(overInput(cell, bound)));
  return (input, scope) => {
    const [low, high] = [start?.(input, scope), end?.(input, scope)];
    if (typeof input !== 'number' || typeof low !== 'number' || typeof high !== 'number') return undefined;
    return (open.name === '[' ? input >= low : input > low) && (close.name === ']' ? input <= high : input < high);
  };
}

/** No tests where the cell is none that can be read. */
function splitTests(cell: string): { negated: boolean; tests: TreeNode[] } {
  const { topNode } = parseUnaryTests(cell, {}, undefined);
  let isReadable = true;
  topNode.cursor().iterate(({ type }) => {
    if (type.isError) isReadable = false;
  });
  const tests = isReadable ? (topNode.getChild('PositiveUnaryTests')?.getChildren('PositiveUnaryTest') ?? []) : [];
  return { negated: topNode.firstChild?.name === 'not', tests };
}

/** The text of `node`, in which `?` is the input. */
function overInput(cell: string, node: TreeNode): string {
  let result = '';
  let place = node.from;
  node.cursor().iterate(({ name, from, to }) => {
    if (name !== '?') return;
    result += cell.slice(place, from) + inputName;
    place = to;
  });
  return result + cell.slice(place, node.to);
}

function testAnew(text: string): Test {
  const prepare = ownFunctionsIn(text, 'tests');
  const named = namesOnly(text);
  return (input, scope) => {
    try {
      const { source, functions } = prepare({ ...scope, '?': input });
      const context = { ...functions, ...scope, '?': input };
      if (named && typeof input === 'boolean') return named(input, context);
      // feelin takes a cell that comes out as null for equal to an input that is null, so `list contains(?, "a")` would
      // match where there is no list: an expression over `?` has to come out as true.
      if (input === null && source.includes('?')) return isTrue(source, context);
      return unaryTest(source, context).value === true;
    } catch {
      return null;
    }
  };
}

function isTrue(source: string, context: Scope): boolean {
  try {
    return evaluate(source, context).value === true;
  } catch {
    // Several tests with commas between them are no expression.
    return unaryTest(source, context).value === true;
  }
}

const path = '[\\p{L}_][\\p{L}\\p{N}_ .]*';
const paths = new RegExp(`^(?:not\\s*\\(\\s*(${path}(?:,\\s*${path})*)\\)|(${path}(?:,\\s*${path})*))$`, 'u');

/**
 * A cell of names alone, asked about a boolean. feelin takes the boolean that a name stands for as the answer; the
 * standard compares it with the input.
 */
function namesOnly(text: string): ((input: boolean, context: Scope) => boolean) | null {
  const [, negated, plain] = paths.exec(text) ?? [];
  const names = negated ?? plain;
  if (!names || /^(?:true|false|null)$/.test(names)) return null;
  return (input, context) => {
    const values: unknown = evaluate(`[${names}]`, context).value;
    const found = Array.isArray(values) && values.flat().includes(input);
    return negated === undefined ? found : !found;
  };
}
