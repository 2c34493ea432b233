// A column's values in classes: every literal cell of the column takes all values of a class or none. So a value of each
// class says for all values which rules match.
import { literalsIn, literalTests } from '../feel/literal-tests.ts';
import type { TableSource } from '../model.ts';

/** Whether a rule's cell takes a value; null where that depends on more than the value. */
export type Takes = boolean | null;

export interface Column {
  readonly name: string;
  /** One value of each class. */
  readonly values: readonly unknown[];
  /** By rule and value. */
  readonly takes: readonly (readonly Takes[])[];
}

/** The columns of `table`, as far as literals say. With `nulls`, null is a class where a cell names it. */
export function columnsOf(table: TableSource, nulls: boolean): Column[] {
  return table.inputs.map(({ expression, type, allowed }, index) => {
    const cells = table.rules.map(({ tests }) => tests[index] ?? '-');
    const named = nulls && cells.some((cell) => literalsIn(cell)?.includes(null));
    const values = [...valuesOf(cells, type, allowed), ...(named ? [null] : [])];
    const takes = cells.map((cell) => {
      const test = cell === '-' ? () => true : literalTests(cell);
      return values.map((value) => test?.(value) ?? null);
    });
    return { name: expression, values, takes };
  });
}

function valuesOf(cells: readonly string[], type: string, allowed: string | null): unknown[] {
  const literals = cells.flatMap((cell) => literalsIn(cell) ?? []);
  const listed = allowed ? literalsIn(allowed) : null;
  const isBoolean = literals.length > 0 && literals.every((literal) => typeof literal === 'boolean');
  if (type === 'boolean' || (type !== 'string' && type !== 'number' && isBoolean)) return [true, false];
  const strings = literals.filter((literal) => typeof literal === 'string');
  const numbers = literals.filter((literal) => typeof literal === 'number');
  if (type === 'number' || (type !== 'string' && numbers.length > 0 && strings.length === 0))
    return withinAllowed(pointsAndBetween(numbers), allowed);
  if (listed && listed.length > 0 && listed.every((literal) => typeof literal === 'string'))
    return [...new Set(listed)];
  return [...new Set([...strings, otherThan(strings)])];
}

/** The numbers, and one between each two of them, below and above. */
function pointsAndBetween(numbers: readonly number[]): number[] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const [first = 0] = sorted;
  return [first - 1, ...sorted.flatMap((point, index) => [point, (point + (sorted[index + 1] ?? point + 2)) / 2])];
}

function withinAllowed(values: readonly number[], allowed: string | null): number[] {
  const test = allowed ? literalTests(allowed) : null;
  return values.filter((value) => test === null || test(value) !== false);
}

function otherThan(strings: readonly string[]): string {
  let other = 'other';
  while (strings.includes(other)) other = `any ${other}`;
  return other;
}
