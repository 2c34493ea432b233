// arbiter ledger new-segment: goes on after a loss that is known and accepted.
import type { Command } from 'commander';
import { envelope } from '../../kernel/audit/entry.ts';
import { openNewSegment } from '../../ledger/new-segment.ts';
import { asReason } from '../arguments.ts';
import { contextOf, demandHome } from '../context.ts';
import { existingLedger, publishTargets } from './place.ts';

export function addNewSegment(ledger: Command): void {
  ledger
    .command('new-segment')
    .description('go on under a new key after entries, or the key, were lost; the ledger says so')
    .requiredOption('--reason <text>', 'what happened; it stands in the ledger', asReason)
    .action(({ reason }: { reason: string }, command: Command) => {
      const context = contextOf(command);
      const path = existingLedger(demandHome(context));
      const begun = openNewSegment(path, reason, envelope(), publishTargets(context.home));
      context.output.show(begun, `Segment ${begun.segment} begins with entry ${begun.entry}.`);
    });
}
