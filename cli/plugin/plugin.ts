// arbiter plugin: what is installed, and what its authors need.
import type { Command } from 'commander';
import { addInfo } from './info.ts';
import { addList } from './list.ts';
import { addNew } from './new.ts';
import { addSync } from './sync.ts';

export function addPlugin(program: Command): void {
  const plugin = program.command('plugin').description('look at the installed plugins; write one');
  for (const add of [addList, addInfo, addNew, addSync]) add(plugin);
}
