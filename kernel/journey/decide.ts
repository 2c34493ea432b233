// Asks a decision table for a journey and keeps the record of it.
import type { DecisionRecord } from '../../contracts/generated/ledger.v1.ts';
import type { DecisionTables } from '../../process/decide.ts';
import type { Facts } from '../../process/decisions/compile-table.ts';
import type { Journey } from './journey.ts';

export type Decide = (journey: Journey, table: string, facts: Facts) => Promise<DecisionRecord>;

export function newDecide(tables: DecisionTables): Decide {
  return async (journey, table, facts) => {
    const record = await tables.decide(table, facts, journey.line.id);
    journey.decisions.push(record);
    return record;
  };
}
