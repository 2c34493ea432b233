// Rules of a UNIQUE table that match the same inputs.
import type { TableSource } from '../model.ts';
import { columnsOf } from './regions.ts';

/** The first two rules that clash, or null. Cells that are more than literals are given the benefit of the doubt. */
export function findOverlap(table: TableSource): { place: string; problem: string } | null {
  if (table.hitPolicy !== 'UNIQUE') return null;
  const columns = columnsOf(table);
  for (const second of table.rules.keys())
    for (let first = 0; first < second; first++) {
      const inputs = columns.map(({ name, values, takes }) => {
        const common = values.findIndex(
          (_, value) => takes[first]?.[value] === true && takes[second]?.[value] === true,
        );
        return common < 0 ? null : `${name} = ${JSON.stringify(values[common])}`;
      });
      if (inputs.includes(null)) continue;
      const place = `rules ${first + 1} and ${second + 1}`;
      return { place, problem: `both match ${inputs.join(', ') || 'always'}, and the table is UNIQUE` };
    }
  return null;
}
