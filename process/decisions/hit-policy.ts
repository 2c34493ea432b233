// What the rules that match come to, by the table's hit policy.
import { isDeepStrictEqual } from 'node:util';
import { fault } from '../../contracts/errors.ts';
import { compileExpression } from './feel/expression.ts';
import type { Aggregation, TableSource } from './model.ts';

/** A rule that matched. */
export interface Hit {
  /** Number of the rule, from 0. */
  readonly row: number;
  /** Its outputs, column by column. */
  readonly outputs: readonly unknown[];
}

export interface Settled {
  /** The hits that the answer is made of, in the order of the answer. */
  readonly hits: readonly Hit[];
  /** Whether the answer is a list of all of them. */
  readonly isList: boolean;
}

/** How a table makes an answer of its hits. */
export type Settle = (hits: readonly Hit[]) => Settled;

const listPolicies: readonly string[] = ['COLLECT', 'RULE ORDER', 'OUTPUT ORDER'];

export function newSettle(table: TableSource): Settle {
  const isList = listPolicies.includes(table.hitPolicy);
  const ranks = table.outputs.map(({ allowed }) => (allowed ? compileExpression(`[${allowed}]`)({}) : null));

  /** Where an output stands in its column's list of values; what is not listed comes last. */
  function rank(value: unknown, column: number): number {
    const values = ranks[column];
    const place = Array.isArray(values) ? values.findIndex((listed) => isDeepStrictEqual(listed, value)) : 0;
    return place < 0 ? Number.POSITIVE_INFINITY : place;
  }

  function byPriority(a: Hit, b: Hit): number {
    for (const column of table.outputs.keys()) {
      const [first, second] = [rank(a.outputs[column], column), rank(b.outputs[column], column)];
      if (first !== second) return first < second ? -1 : 1;
    }
    return a.row - b.row;
  }

  return (hits) => {
    refuseClash(table, hits);
    const ordered = ['PRIORITY', 'OUTPUT ORDER'].includes(table.hitPolicy) ? [...hits].sort(byPriority) : hits;
    return { hits: isList ? ordered : ordered.slice(0, 1), isList };
  };
}

/** UNIQUE promises that no two rules match; ANY, that all that match say the same. */
function refuseClash(table: TableSource, hits: readonly Hit[]): void {
  const { hitPolicy } = table;
  const differ = hits.some(({ outputs }) => !isDeepStrictEqual(outputs, hits[0]?.outputs));
  const clash = hitPolicy === 'UNIQUE' ? hits.length > 1 : hitPolicy === 'ANY' && differ;
  if (!clash) return;
  const rules = `rules ${hits.map(({ row }) => row + 1).join(' and ')} of the ${hitPolicy} table ${table.id}`;
  const detail = `${rules} match the same inputs${hitPolicy === 'ANY' ? ' and give different outputs' : ''}`;
  throw fault('TABLE_INVALID', { file: table.file, detail });
}

const aggregations: Readonly<Record<Aggregation, (values: readonly unknown[]) => unknown>> = {
  COUNT: (values) => values.length,
  SUM: (values) => compileExpression('sum(values)')({ values }),
  MIN: (values) => compileExpression('min(values)')({ values }),
  MAX: (values) => compileExpression('max(values)')({ values }),
};

/** The one value that COLLECT with an aggregation makes of the outputs; null where there is none. */
export function aggregate(aggregation: Aggregation, values: readonly unknown[]): unknown {
  return values.length === 0 && aggregation !== 'COUNT' ? null : aggregations[aggregation](values);
}
