// arbiter ledger: one file a command.
import type { Command } from 'commander';
import { addBackup } from './backup.ts';
import { addExport } from './export.ts';
import { addHead } from './head.ts';
import { addLog } from './log.ts';
import { addNewSegment } from './new-segment.ts';
import { addProve } from './prove.ts';
import { addRedact } from './redact.ts';
import { addReplay } from './replay.ts';
import { addShowEntry } from './show.ts';
import { addVerify } from './verify.ts';

export function addLedger(program: Command): void {
  const ledger = program.command('ledger').description('look at the ledger and check it');
  for (const add of [
    addVerify,
    addHead,
    addLog,
    addShowEntry,
    addProve,
    addExport,
    addRedact,
    addBackup,
    addNewSegment,
    addReplay,
  ])
    add(ledger);
}
