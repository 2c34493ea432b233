// arbiter ledger redact: removes the content of an entry, by an entry that says so.
import type { Command } from 'commander';
import { fault } from '../../contracts/errors.ts';
import { envelope } from '../../kernel/audit/entry.ts';
import { openReader } from '../../ledger/reader.ts';
import { redactEntry } from '../../ledger/redact.ts';
import { asCount, asReason } from '../arguments.ts';
import { contextOf, demandHome } from '../context.ts';
import { existingLedger, publishTargets } from './place.ts';

export function addRedact(ledger: Command): void {
  ledger
    .command('redact')
    .description('remove the content of an entry for good; the ledger says so and still verifies')
    .argument('<seq>', 'the number of the entry', asCount)
    .requiredOption('--reason <text>', 'why; it stands in the ledger', asReason)
    .action((seq: number, { reason }: { reason: string }, command: Command) => {
      const context = contextOf(command);
      const path = existingLedger(demandHome(context));
      const reader = openReader(path);
      const entry = reader.entry(seq);
      reader.close();
      if (!entry) throw fault('REDACTION_REFUSED', { seq, detail: 'there is no such entry' });
      const { by, purged } = redactEntry(path, entry, reason, envelope(), publishTargets(context.home));
      const elsewhere = 'Backups, exports and files under effects/ keep what they have.';
      const still =
        ' Somebody reads the ledger: its write-ahead log holds the bytes until a kernel has started and stopped.';
      const text = `The content of entry ${seq} is gone; entry ${by} says so.${purged ? '' : still} ${elsewhere}`;
      context.output.show({ redacted: seq, by, purged }, text);
    });
}
