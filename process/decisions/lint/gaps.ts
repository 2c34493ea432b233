// Inputs for which no rule of a table matches, where it has no default. Tables that answer with a list have an answer
// then, the empty one. A null that no cell names is no gap.
import type { TableSource } from '../model.ts';
import { type Column, columnsOf } from './regions.ts';

const listPolicies: readonly string[] = ['COLLECT', 'RULE ORDER', 'OUTPUT ORDER'];
/** Where a table has more classes of inputs than this, the search is given up. */
const mostSteps = 200_000;

/** Inputs that no rule takes, or null. Cells that are more than literals count as taking everything. */
export function findGap(table: TableSource): { place: string; problem: string } | null {
  if (table.defaults || listPolicies.includes(table.hitPolicy)) return null;
  const columns = columnsOf(table, false);
  const inputs = search(columns, 0, [...table.rules.keys()], [], { left: mostSteps });
  if (!inputs) return null;
  const example = columns.map(({ name }, column) => `${name} = ${JSON.stringify(inputs[column])}`).join(', ');
  return { place: 'the rules', problem: `none matches ${example}, and there is no default` };
}

/** Values for the columns from `column` on that none of `rules` takes. */
function search(
  columns: readonly Column[],
  column: number,
  rules: readonly number[],
  chosen: readonly unknown[],
  steps: { left: number },
): unknown[] | null {
  if (steps.left-- <= 0) return null;
  const here = columns[column];
  if (!here) return rules.length === 0 ? [...chosen] : null;
  const rest = columns.slice(column);
  if (rules.some((rule) => rest.every(({ takes }) => takes[rule]?.every((taken) => taken !== false)))) return null;
  for (const [index, value] of here.values.entries()) {
    const left = rules.filter((rule) => here.takes[rule]?.[index] !== false);
    const found = search(columns, column + 1, left, [...chosen, value], steps);
    if (found) return found;
  }
  return null;
}
