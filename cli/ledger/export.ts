// arbiter ledger export | verify-export: the ledger as plain files.
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { fault } from '../../contracts/errors.ts';
import { exportLedger } from '../../ledger/export.ts';
import { openForReading } from '../../ledger/store.ts';
import { verifyExport } from '../../ledger/verify-export.ts';
import { contextOf, demandHome } from '../context.ts';
import { plain } from '../output.ts';
import { existingLedger } from './place.ts';
import { newProgress } from './progress.ts';

export function addExport(ledger: Command): void {
  ledger
    .command('export')
    .description('write what is covered by the latest checkpoint as a tiled log, JSON lines and the key')
    .argument('<dir>', 'a folder that is not there, or empty')
    .action(async (dir: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const folder = resolve(dir);
      const store = openForReading(existingLedger(demandHome(context)));
      try {
        if (existsSync(folder) && readdirSync(folder).length > 0)
          throw fault('EXPORT_REFUSED', { folder, detail: 'it is not empty' });
        const progress = newProgress('entries');
        const exported = await exportLedger(store, folder, progress.at);
        progress.end();
        if (!exported) throw fault('EXPORT_REFUSED', { folder, detail: 'there is no signed checkpoint yet' });
        const { entries, tiles } = exported;
        context.output.show({ folder, ...exported }, plain(`${entries} entries and ${tiles} tiles are in ${folder}.`));
      } finally {
        store.close();
      }
    });

  ledger
    .command('verify-export')
    .description('check an exported ledger; exit 0 whole, 1 tampered with')
    .argument('<dir>', 'the folder that export wrote')
    .option('--key <key>', 'the verifier key (default: the one in the folder)')
    .action((dir: string, { key }: { key?: string }, command: Command) => {
      const { output } = contextOf(command);
      const verdict = verifyExport(resolve(dir), key);
      const trust = key ? 'the key given' : 'the key that lies in it';
      const summary = verdict.code === 0 ? `The export is whole, by ${trust}.` : 'The export was tampered with.';
      output.show(verdict, [summary, ...verdict.findings, `${verdict.entries} entries`].map(plain).join('\n'));
      process.exitCode = verdict.code;
    });
}
