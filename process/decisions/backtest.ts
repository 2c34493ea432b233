// What changed tables would have said of decisions that were made: over recorded inputs, nothing is run.
import { isDeepStrictEqual } from 'node:util';
import type { DecisionRecord } from '../../contracts/generated/ledger.v1.ts';
import type { DecisionTables } from '../decide.ts';

/** A decision as the ledger has it, and where. */
export interface RecordedDecision {
  readonly task: string;
  readonly entry: number;
  readonly decision: DecisionRecord;
}

export interface Difference {
  readonly task: string;
  readonly entry: number;
  readonly table: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly before: { readonly rules: readonly number[]; readonly output: unknown };
  /** Or the message of the error: rules that clash. */
  readonly after: { readonly rules: readonly number[]; readonly output: unknown } | { readonly error: string };
}

export interface TableFigures {
  /** Recorded decisions of this table. */
  asked: number;
  /** Those with another output. */
  different: number;
  /** Inputs that the changed table asks for and some record does not have: they were taken for null. */
  missing: string[];
}

export interface Backtest {
  readonly byTable: Readonly<Record<string, TableFigures>>;
  readonly differences: readonly Difference[];
}

/** Asks `decisions` again what was recorded. Decisions of tables that it does not have are passed over. */
export async function backtest(decisions: DecisionTables, recorded: Iterable<RecordedDecision>): Promise<Backtest> {
  const byTable: Record<string, TableFigures> = {};
  const differences: Difference[] = [];
  for (const { task, entry, decision } of recorded) {
    const { table, inputs, rules, output } = decision;
    if (!decisions.has(table)) continue;
    const figures = (byTable[table] ??= { asked: 0, different: 0, missing: [] });
    figures.asked++;
    for (const name of decisions.inputsOf(table))
      if (!Object.hasOwn(inputs, name) && !figures.missing.includes(name)) figures.missing.push(name);
    const after = await again(decisions, table, inputs);
    if ('output' in after && isDeepStrictEqual(after.output, output)) continue;
    figures.different++;
    differences.push({ task, entry, table, inputs, before: { rules, output }, after });
  }
  return { byTable, differences };
}

async function again(
  decisions: DecisionTables,
  table: string,
  inputs: Readonly<Record<string, unknown>>,
): Promise<Difference['after']> {
  try {
    const { rules, output } = await decisions.decide(table, inputs);
    return { rules, output };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
