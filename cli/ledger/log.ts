// arbiter ledger log: the latest entries.
import type { Command } from 'commander';
import { openReader, type StoredEntry } from '../../ledger/reader.ts';
import { asCount } from '../arguments.ts';
import { contextOf, demandHome } from '../context.ts';
import { plain } from '../output.ts';

export function addLog(ledger: Command): void {
  ledger
    .command('log')
    .description('the latest entries, oldest first')
    .option('--last <n>', 'how many', asCount, 20)
    .option('--kind <kind>', 'task, prepared, aborted or kernel')
    .action(({ last, kind }: { last: number; kind?: string }, command: Command) => {
      const context = contextOf(command);
      const reader = openReader(demandHome(context).ledger);
      try {
        for (const entry of reader.latest(last, kind).reverse()) context.output.show(entry, entryLine(entry));
      } finally {
        reader.close();
      }
    });
}

function entryLine({ seq, taskKey, body, envelope }: StoredEntry): string {
  const what = body.kind === 'task' ? body.outcome : body.kind === 'kernel' ? body.event : body.kind;
  const tool = body.kind === 'task' && typeof body.task?.tool === 'string' ? body.task.tool : '';
  return plain(
    [String(seq).padStart(7), envelope.time, what.padEnd(11), tool.padEnd(20), taskKey].join('  ').trimEnd(),
  );
}
