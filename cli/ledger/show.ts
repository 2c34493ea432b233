// arbiter ledger show: one entry as it is stored.
import type { Command } from 'commander';
import { fault } from '../../contracts/errors.ts';
import { openReader } from '../../ledger/reader.ts';
import { asCount } from '../arguments.ts';
import { contextOf, demandHome } from '../context.ts';
import { plain } from '../output.ts';
import { existingLedger } from './place.ts';

export function addShowEntry(ledger: Command): void {
  ledger
    .command('show')
    .description('one entry, body and envelope, as JSON')
    .argument('<seq>', 'the number of the entry', asCount)
    .action((seq: number, _options: object, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      const reader = openReader(existingLedger(home));
      try {
        const entry = reader.entry(seq);
        if (!entry) throw fault('TASK_NOT_FOUND', { id: `${seq}`, where: home.path });
        context.output.show(entry, plain(JSON.stringify(entry, null, 2)));
      } finally {
        reader.close();
      }
    });
}
