// Cells of literals, comparisons with numbers and ranges of numbers, which most are, as plain functions: they are asked
// before the rules engine, and the lint knows what they take.

type LiteralTest = (input: unknown) => boolean | undefined;
type Literal = string | number | boolean | null;

const number = '-?\\d+(?:\\.\\d+)?';
const string = '"[^"\\\\]*"';
const item = `${string}|${number}|true|false|null|(?:<=|>=|<|>)\\s*${number}|[[(\\]]\\s*${number}\\s*\\.\\.\\s*${number}\\s*[\\])[]`;
const list = new RegExp(`^(?:${item})(?:\\s*,\\s*(?:${item}))*$`);
const literal = new RegExp(`${string}|${number}|true|false|null`, 'g');
const items = new RegExp(item, 'g');
const single = new RegExp(`^(?:${string}|${number}|true|false|null)$`);
const comparison = new RegExp(`^(<=|>=|<|>)\\s*(${number})$`);
const range = new RegExp(`^([[(\\]])\\s*(${number})\\s*\\.\\.\\s*(${number})\\s*([\\])[])$`);

/**
 * The tests of `cell` for inputs that are null, strings, numbers or booleans; undefined for other inputs. Null where the
 * cell is more than literals.
 */
export function literalTests(cell: string): LiteralTest | null {
  const negated = /^not\s*\(\s*(.*?)\s*\)$/s.exec(cell)?.[1];
  const text = negated ?? cell;
  if (!list.test(text)) return null;
  const tests = (text.match(items) ?? []).map(testOf);
  return (input) => {
    if (input !== null && typeof input === 'object') return undefined;
    const found = tests.some((test) => test(input));
    return negated === undefined ? found : !found;
  };
}

/** The literals of such a cell, bounds of ranges included; null where the cell is more than literals. */
export function literalsIn(cell: string): Literal[] | null {
  const text = /^not\s*\(\s*(.*?)\s*\)$/s.exec(cell)?.[1] ?? cell;
  return list.test(text) ? (text.match(literal) ?? []).map(literalOf) : null;
}

/** Whether `text` is one literal and nothing else. */
export function isLiteral(text: string): boolean {
  return single.test(text);
}

/** `list contains(?, "a literal")`, the test of a list that most tables have, for lists; undefined for other inputs. */
export function membershipTest(cell: string): LiteralTest | null {
  const text = /^list contains\(\s*\?\s*,\s*(.*?)\s*\)$/s.exec(cell)?.[1];
  if (text === undefined || !isLiteral(text)) return null;
  const wanted = literalOf(text);
  return (input) => (Array.isArray(input) ? input.includes(wanted) : undefined);
}

function testOf(text: string): (input: unknown) => boolean {
  const [, operator, bound] = comparison.exec(text) ?? [];
  if (operator) return comparing(operator, Number(bound));
  const [, open, start, end, close] = range.exec(text) ?? [];
  if (open) return within(open === '[', Number(start), Number(end), close === ']');
  const wanted = literalOf(text);
  return (input) => input === wanted;
}

function comparing(operator: string, bound: number): (input: unknown) => boolean {
  const holds: Record<string, (input: number) => boolean> = {
    '<': (input) => input < bound,
    '<=': (input) => input <= bound,
    '>': (input) => input > bound,
    '>=': (input) => input >= bound,
  };
  const test = holds[operator] as (input: number) => boolean;
  return (input) => typeof input === 'number' && test(input);
}

function within(fromStart: boolean, start: number, end: number, toEnd: boolean): (input: unknown) => boolean {
  return (input) =>
    typeof input === 'number' && (fromStart ? input >= start : input > start) && (toEnd ? input <= end : input < end);
}

function literalOf(text: string): Literal {
  return text.startsWith('"') ? text.slice(1, -1) : JSON.parse(text);
}
