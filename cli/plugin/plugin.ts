// arbiter plugin: what is installed, whether it is to be trusted, and what its authors need.
import type { Command } from 'commander';
import { addCertify } from './certify.ts';
import { addDev } from './dev.ts';
import { addInfo } from './info.ts';
import { addInstall } from './install.ts';
import { addKeygen } from './keygen.ts';
import { addList } from './list.ts';
import { addNew } from './new.ts';
import { addPublish } from './publish.ts';
import { addSync } from './sync.ts';
import { addTrust } from './trust.ts';
import { addVerify } from './verify.ts';

export function addPlugin(program: Command): void {
  const plugin = program.command('plugin').description('look at plugins, install them, certify them; write one');
  for (const add of [
    ...[addList, addInfo, addInstall, addVerify, addTrust, addKeygen],
    ...[addNew, addDev, addSync, addCertify, addPublish],
  ])
    add(plugin);
}
