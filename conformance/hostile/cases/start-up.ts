// Misbehaving before the first task, or as a folder that is to be loaded. No level may let any of these through.
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { changedProgram, startUp } from '../attacks/start-up.ts';
import type { Case } from '../case.ts';

const starts = (name: string, codes: readonly ErrorCode[], more: Partial<Case> = {}): Case => ({
  name,
  program: startUp[name] as string,
  codes,
  ...more,
});

const failed = ['PLUGIN_START_FAILED'] as const;
const failedOrBroken = ['PLUGIN_START_FAILED', 'PLUGIN_PROTOCOL'] as const;

/** The folder is no plugin any more: nothing may happen but that it is refused, and the kernel serves the others. */
const spoilt = (name: string, spoil: NonNullable<Case['spoil']>): Case => ({ name, spoil });

const entry = (folder: string) => join(folder, 'plugin.mjs');
const spec = (folder: string) => join(folder, 'plugin.spec.json');

function replaceByFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

function replaceByPipe(path: string): void {
  rmSync(path);
  execFileSync('mkfifo', [path]);
}

export const startUpCases: readonly Case[] = [
  starts('ends at once', failed, { says: /a library is missing/ }),
  starts('ends at once, and says nothing', failed),
  starts('says nothing at initialize', failed),
  starts('crashes by a signal', failed),
  starts('writes garbage before its answer', failedOrBroken),
  starts('speaks another protocol', failedOrBroken),
  starts('answers initialize with nothing', failedOrBroken),
  starts('refuses initialize', [...failedOrBroken, 'TOOL_FAILED']),
  starts('answers initialize twice', failedOrBroken),
  starts('answers before it was asked', failedOrBroken),
  starts('floods before its answer', [...failedOrBroken, 'PLUGIN_OUTPUT_TOO_LONG', 'PLUGIN_LIMIT']),
  starts('calls the kernel before its answer', [...failedOrBroken, 'PLUGIN_CALL_DENIED']),
  starts('names an interpreter that is not there', failed),
  starts('is no program', failed),
  starts('is empty', failed),
  {
    name: 'is changed after it was loaded',
    attack: 'do nothing',
    limits: {},
    changedAfterLoad: changedProgram,
    codes: ['PLUGIN_TAMPERED'],
  },
  spoilt('an entry that is a folder', (folder) => replaceByFolder(entry(folder))),
  spoilt('an entry that is a named pipe', (folder) => replaceByPipe(entry(folder))),
  spoilt('an entry that is a link to itself', (folder) => {
    rmSync(entry(folder));
    symlinkSync('plugin.mjs', entry(folder));
  }),
  spoilt('an entry that is a link out of its folder', (folder, { place }) => {
    const elsewhere = join(place, 'outside', 'elsewhere.js');
    renameSync(entry(folder), elsewhere);
    symlinkSync(elsewhere, entry(folder));
  }),
  spoilt('a spec that is a folder', (folder) => replaceByFolder(spec(folder))),
  spoilt('a spec that is a named pipe', (folder) => replaceByPipe(spec(folder))),
  spoilt('a spec of two hundred megabytes', (folder) => writeFileSync(spec(folder), Buffer.alloc(200_000_000, ' '))),
];
