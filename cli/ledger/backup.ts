// arbiter ledger backup: a copy that was verified before it got its name.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { backUpLedger } from '../../ledger/backup.ts';
import { notesOf } from '../../ledger/published.ts';
import { contextOf, demandHome } from '../context.ts';
import { plain } from '../output.ts';
import { existingLedger, publishTargets } from './place.ts';

export function addBackup(ledger: Command): void {
  ledger
    .command('backup')
    .description('copy the ledger, also while a kernel runs, and verify the copy')
    .argument('<file>', 'a name that nothing has yet')
    .action(async (name: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const path = existingLedger(demandHome(context));
      const file = resolve(name);
      const verdict = await backUpLedger(path, file, notesOf(path, publishTargets(context.home)));
      const text = `${verdict.entries} entries are in ${file}, verified. The key that signs is not in it: keep ledger.key apart.`;
      context.output.show({ file, ...verdict }, plain(text));
    });
}
