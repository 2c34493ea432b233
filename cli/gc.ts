// arbiter gc: removes what nobody needs any more. The ledger and the effects it names are never touched.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { isRunning } from '../kernel/control.ts';
import { asDays } from './arguments.ts';
import { contextOf, demandHome } from './context.ts';

const dayMs = 24 * 60 * 60 * 1000;

export function addGc(program: Command): void {
  program
    .command('gc')
    .description('remove finished files and their results, and leftovers in run/')
    .option('--older-than <days>', 'finished files older than this', asDays, 30)
    .option('--dry-run', 'only say what would go')
    .action(async ({ olderThan, dryRun = false }: { olderThan: number; dryRun?: boolean }, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      const before = Date.now() - olderThan * dayMs;
      const finished = entriesOf(home.done).filter((path) => statSync(path).mtimeMs < before);
      // A running kernel's copies and plugins are in use.
      const leftovers = (await isRunning(home))
        ? []
        : [...entriesOf(home.copies), ...entriesOf(join(home.run, 'plugins'))];
      const all = [...finished, ...leftovers];
      if (!dryRun) for (const path of all) rmSync(path, { recursive: true, force: true });
      context.output.show(
        { removed: dryRun ? [] : all, wouldRemove: dryRun ? all : [] },
        `${dryRun ? 'Would remove' : 'Removed'} ${finished.length} finished file(s) and ${leftovers.length} leftover(s).`,
      );
    });
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
