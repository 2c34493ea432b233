// arbiter ledger log: entries, filtered, and new ones as they come.
import { setTimeout as wait } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { type Filter, type LedgerReader, openReader, type StoredEntry } from '../../ledger/reader.ts';
import { asCount } from '../arguments.ts';
import { contextOf, demandHome } from '../context.ts';
import { type Output, plain } from '../output.ts';

interface LogOptions extends Filter {
  readonly limit: number;
  readonly last?: number;
  readonly follow?: boolean;
}

const followMs = 100;
/** More than anybody reads at one time. */
const entriesAtATime = 1000;

export function addLog(ledger: Command): void {
  ledger
    .command('log')
    .description('the latest entries, oldest first')
    .option('--limit <n>', 'how many at most', asCount, 20)
    .option('--last <n>', 'the same', asCount)
    .option('--task <id>', 'of this task')
    .option('--kind <kind>', 'task, prepared, aborted or kernel')
    .option('--status <outcome>', 'done, planned, failed, quarantined, rejected or cancelled')
    .option('--tool <tool>', 'of tasks for this tool')
    .option('--since <time>', 'from this time on, as 2026-01-31 or 2026-01-31T12:00:00Z', asTime)
    .option('--follow', 'go on with new entries until it is interrupted')
    .action(async ({ limit, last, follow, ...filter }: LogOptions, command: Command) => {
      const { output, ...context } = contextOf(command);
      const reader = openReader(demandHome({ output, ...context }).ledger);
      try {
        // Before the entries are read: whatever comes between the two is shown below.
        const end = reader.latest(1)[0]?.seq ?? 0;
        const entries = reader.select(last ?? limit, filter).reverse();
        for (const entry of entries) output.show(entry, entryLine(entry));
        if (follow) await showNew(reader, filter, Math.max(end, entries.at(-1)?.seq ?? 0), output);
      } finally {
        reader.close();
      }
    });
}

async function showNew(reader: LedgerReader, filter: Filter, from: number, output: Output): Promise<void> {
  for (let after = from; process.stdout.writable; ) {
    const end = reader.latest(1)[0]?.seq ?? after;
    const entries = end > after ? reader.select(entriesAtATime, filter, after).reverse() : [];
    for (const entry of entries) output.show(entry, entryLine(entry));
    after = Math.max(end, entries.at(-1)?.seq ?? 0);
    await wait(followMs);
  }
}

function entryLine({ seq, taskKey, body, envelope, redacted }: StoredEntry): string {
  const what = body.kind === 'task' ? body.outcome : body.kind === 'kernel' ? body.event : body.kind;
  const tool = body.kind === 'task' && typeof body.task?.tool === 'string' ? body.task.tool : '';
  const mark = redacted ? '(redacted)' : tool;
  return plain(
    [String(seq).padStart(7), envelope.time, what.padEnd(11), mark.padEnd(20), taskKey].join('  ').trimEnd(),
  );
}

function asTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It has to be a time, such as 2026-01-31T12:00:00Z.');
  return time.toISOString();
}
