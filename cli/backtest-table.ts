// arbiter backtest --table: which past tasks a changed table would have sent another way.
import type { DecisionRecord } from '../contracts/generated/ledger.v1.ts';
import { openReader, type StoredEntry } from '../ledger/reader.ts';
import { loadDecisions } from '../process/decide.ts';
import { type Backtest, backtest, type Difference, type RecordedDecision } from '../process/decisions/backtest.ts';
import { type Context, demandHome } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { plain } from './output.ts';

const batch = 1_000;

export async function showTableBacktest(context: Context, table: string, since: Date | null): Promise<void> {
  const found = await backtestLedger(demandHome(context).ledger, table, since);
  context.output.show(found, plain(backtestText(found, table)));
  if (found.differences.length > 0) process.exitCode = exitCodes.someFailed;
}

/** Asks the tables of `file` everything that the ledger at `ledger` has recorded since `since`. */
export async function backtestLedger(ledger: string, file: string, since: Date | null): Promise<Backtest> {
  const decisions = await loadDecisions([file]);
  const reader = openReader(ledger);
  try {
    return await backtest(
      decisions,
      recorded((after) => reader.after(after, batch), since),
    );
  } finally {
    reader.close();
  }
}

/** Every decision of every task: those of its journey, and those about its retries. */
function* recorded(entriesAfter: (seq: number) => StoredEntry[], since: Date | null): Iterable<RecordedDecision> {
  for (let entries = entriesAfter(0); entries.length > 0; entries = entriesAfter(entries.at(-1)?.seq ?? 0))
    for (const { seq, taskKey, body, envelope } of entries) {
      if (body.kind !== 'task' || (since && new Date(envelope.time) < since)) continue;
      const retries = (envelope.retries ?? []) as unknown as { decision?: DecisionRecord }[];
      for (const decision of [...body.decisions, ...retries.flatMap((retry) => retry.decision ?? [])])
        yield { task: taskKey, entry: seq, decision };
    }
}

export function backtestText({ byTable, differences }: Backtest, file: string): string {
  const tables = Object.entries(byTable);
  if (tables.length === 0) return `The ledger has no decision of a table in ${file}.`;
  const tasks = new Set(differences.map(({ task }) => task));
  return [
    ...tables.map(([table, { asked, different, missing }]) => {
      const unknown = missing.length === 0 ? '' : `; not recorded, so taken for null: ${missing.join(', ')}`;
      return `${table}: ${different} of ${asked} decisions would differ${unknown}`;
    }),
    ...differences.map(differenceText),
    `${tasks.size} task(s) would have gone otherwise.`,
  ].join('\n');
}

function differenceText({ task, entry, table, inputs, before, after }: Difference): string {
  const given = Object.entries(inputs).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const now = 'error' in after ? after.error : sideText(after);
  return `  ${task} [entry ${entry}] ${table}: ${sideText(before)}, now ${now}  (${given.join(', ')})`;
}

function sideText({ rules, output }: { readonly rules: readonly number[]; readonly output: unknown }): string {
  return `${JSON.stringify(output)} by ${rules.length === 0 ? 'no rule' : `rule ${rules.join(', ')}`}`;
}
