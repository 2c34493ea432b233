// Rules of a UNIQUE table that match the same inputs.
import type { TableSource } from '../model.ts';
import { type Column, columnsOf } from './regions.ts';

/** The first two rules that clash, or null. Different cells that are more than literals get the benefit of the doubt. */
export function findOverlap(table: TableSource): { place: string; problem: string } | null {
  if (table.hitPolicy !== 'UNIQUE') return null;
  const columns = columnsOf(table, true);
  for (const second of table.rules.keys())
    for (let first = 0; first < second; first++) {
      const inputs = columns.map((column, index) => common(table, column, index, first, second));
      if (inputs.includes(null)) continue;
      const place = `rules ${first + 1} and ${second + 1}`;
      return { place, problem: `both match ${inputs.join(', ') || 'always'}, and the table is UNIQUE` };
    }
  return null;
}

/** What both rules take in a column, in words; null where that is nothing, or cannot be said. */
function common(
  table: TableSource,
  { name, values, takes }: Column,
  column: number,
  first: number,
  second: number,
): string | null {
  const place = values.findIndex((_, value) => takes[first]?.[value] === true && takes[second]?.[value] === true);
  if (place >= 0) return `${name} = ${JSON.stringify(values[place])}`;
  const [a, b] = [first, second].map((row) => table.rules[row]?.tests[column] ?? '-') as [string, string];
  const areKnown = takes[first]?.every((taken) => taken !== null) && takes[second]?.every((taken) => taken !== null);
  if (areKnown || (a !== b && a !== '-' && b !== '-')) return null;
  return `a ${name} that ${a === '-' ? b : a} takes`;
}
