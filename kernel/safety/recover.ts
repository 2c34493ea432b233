// What a crash left in the middle: prepared effects are finished or undone from what stands, private copies go.
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ArbiterError } from '../../contracts/errors.ts';
import type { EffectSet, Envelope, PreparedBody, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { LedgerReader, StoredEntry } from '../../ledger/reader.ts';
import type { Audit } from '../audit/audit.ts';
import { crashPoint } from '../crash-point.ts';
import type { Home } from '../home.ts';
import { writeQuarantine } from '../journey/quarantine.ts';
import { finishedInFolder } from '../landing/in-folder.ts';
import { bringAbout, type Part } from '../landing/land.ts';
import { finishedOnBranch } from '../landing/on-branch.ts';
import { type Outside, outsideParts } from '../landing/outside.ts';
import { removeHalfBuilt } from './base-trees.ts';
import { outliveOrphans } from './orphans.ts';
import { removeTree } from './remove-tree.ts';
import { sweepRun } from './sweep-run.ts';
import { finishUndo } from './undo-branch.ts';

export interface Recovery {
  /** Prepared tasks whose effects are in place by now. */
  readonly finished: string[];
  /** Prepared tasks of which nothing was applied; their lines run again, commands about them can be given again. */
  readonly aborted: string[];
  readonly quarantined: string[];
  readonly copiesRemoved: number;
}

/** Whether there was a change in the middle. */
export function foundSomething({ finished, aborted, quarantined }: Recovery): boolean {
  return finished.length + aborted.length + quarantined.length > 0;
}

/** Runs before anything is dispatched. */
export async function recover(
  ledger: LedgerReader,
  audit: Audit,
  outside: Outside,
  { path, run, copies, bases, waysOut, quarantine }: Home,
): Promise<Recovery> {
  await outliveOrphans(path);
  outside.store.sweep();
  await sweepRun(run);
  await removeTree(waysOut);
  mkdirSync(waysOut);
  // The users of boxes pass through it, whatever the umask.
  chmodSync(waysOut, 0o711);
  await removeHalfBuilt(bases);
  const recovery: Recovery = { finished: [], aborted: [], quarantined: [], copiesRemoved: await removeCopies(copies) };
  for (const entry of ledger.unfinished()) await settlePrepared(entry, audit, outside, quarantine, recovery);
  return recovery;
}

async function settlePrepared(
  entry: StoredEntry<PreparedBody>,
  audit: Audit,
  outside: Outside,
  quarantine: string,
  recovery: Recovery,
): Promise<void> {
  const { taskKey, body, envelope } = entry;
  const { outcome } = body;
  try {
    crashPoint('in-recovery');
    const facts = await bringAbout(unfinishedParts(entry, outside), {
      aborted: (error) => audit.aborted(taskKey, error),
    });
    crashPoint('after-recovered-effects');
    const note = 'The kernel ended in the middle; recovery found or put the effects in place.';
    await audit.recovered(taskKey, outcome, { ...envelope, ...facts, note });
    recovery.finished.push(taskKey);
  } catch (error) {
    if (!(error instanceof ArbiterError)) throw error;
    if (error.code !== 'EFFECT_HALF_APPLIED') return void recovery.aborted.push(taskKey);
    const failed = { ...outcome, outcome: 'quarantined', error: { code: error.code, message: error.message } } as const;
    await audit.recovered(taskKey, failed, { ...envelope, note: error.remedy });
    writeQuarantine(quarantine, taskKey, outcome.task, envelope, error);
    recovery.quarantined.push(taskKey);
  }
}

function unfinishedParts(
  { taskKey, body: { outcome }, envelope }: StoredEntry<PreparedBody>,
  outside: Outside,
): Pick<Part, 'apply' | 'undo'>[] {
  const { effects } = outcome;
  // A change that only sends requests may have looked at a workspace and left it as it was.
  const changesFiles =
    effects && (effects.target.kind === 'git' ? envelope.commit !== undefined : effects.files.length > 0);
  return [
    ...(changesFiles ? [unfinishedFiles(taskKey, outcome, effects, envelope, outside)] : []),
    ...outsideParts(taskKey, outcome, outside),
  ];
}

function unfinishedFiles(
  taskKey: string,
  { rollsBack }: TaskBody,
  { target, files }: EffectSet,
  envelope: Envelope,
  { store }: Outside,
): Pick<Part, 'apply' | 'undo'> {
  if (target.kind === 'folder') return finishedInFolder({ target, files, store });
  if (rollsBack === undefined) return finishedOnBranch(target, taskKey, envelope);
  const { commit = '', branch = '', branchBefore: before = null } = envelope;
  const undo = { repository: target.path, branch, commit, before, reason: `arbiter ${taskKey}` };
  return { apply: () => finishUndo(undo).then(() => ({})), undo: async () => undefined };
}

async function removeCopies(folder: string): Promise<number> {
  const removed = await Promise.all(readdirSync(folder).map((name) => removeTree(join(folder, name))));
  return removed.filter(Boolean).length;
}
