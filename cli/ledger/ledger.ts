// arbiter ledger: one file a command.
import type { Command } from 'commander';
import { addLog } from './log.ts';
import { addVerify } from './verify.ts';

export function addLedger(program: Command): void {
  const ledger = program.command('ledger').description('look at the ledger and check it');
  for (const add of [addVerify, addLog]) add(ledger);
}
