// arbiter init: makes a home.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Command } from 'commander';
import { fault } from '../contracts/errors.ts';
import { makeFolders } from '../kernel/home.ts';
import { contextOf } from './context.ts';

const settings = (workspaces: string) => `# Settings of this home. Unknown keys are an error.
schema: settings.v1

# Roots that tasks may work on; relative paths are relative to this file's folder. The home itself is never granted.
workspaces:
${workspaces}

# auto takes the strongest sandbox that proves itself; process (no sandbox) has to be asked for by name.
isolation: auto

# Tasks under way at one time.
concurrency: 64
`;

export function addInit(program: Command): void {
  program
    .command('init')
    .description('make a home: inbox, ledger, settings')
    .option('--workspace <dir...>', 'folder that tasks may work on (default: the folder that holds the home)')
    .action(({ workspace }: { workspace?: string[] }, command: Command) => {
      const { home, output } = contextOf(command);
      if (existsSync(home.settings)) throw fault('HOME_EXISTS', { path: home.path });
      mkdirSync(home.path, { recursive: true });
      makeFolders(home);
      const roots = workspace?.map((root) => relative(home.path, root) || '.') ?? ['..'];
      writeFileSync(home.settings, settings(roots.map((root) => `  - ${JSON.stringify(root)}`).join('\n')));
      output.show(
        { home: home.path, workspaces: roots },
        `Made a home at ${home.path}.\nDrop *.jsonl files into ${home.inbox}, then run: arbiter start --home ${home.path}`,
      );
    });
}
