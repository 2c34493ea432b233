// What a crash left in the middle: prepared effects are finished or undone from what stands, private copies go.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { EffectSet, GitTarget, PreparedBody } from '../../contracts/generated/ledger.v1.ts';
import type { LedgerReader, StoredEntry } from '../../ledger/reader.ts';
import type { Audit } from '../audit/audit.ts';
import { crashPoint } from '../crash-point.ts';
import type { Home } from '../home.ts';
import { finishInFolder } from './apply-effects.ts';
import { removeHalfBuilt } from './base-trees.ts';
import type { EffectStore } from './effect-store.ts';
import { branchHead, branchPassed, moveBranch } from './git-commit.ts';
import { outliveOrphans } from './orphans.ts';
import { removeTree } from './remove-tree.ts';
import { refuseCheckedOut } from './repository.ts';
import { removeStaleLocks } from './stale-lock.ts';
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
  store: EffectStore,
  { path, copies, bases }: Pick<Home, 'path' | 'copies' | 'bases'>,
): Promise<Recovery> {
  await outliveOrphans(path);
  store.sweep();
  await removeHalfBuilt(bases);
  const recovery: Recovery = { finished: [], aborted: [], quarantined: [], copiesRemoved: await removeCopies(copies) };
  for (const entry of ledger.unfinished()) await settlePrepared(entry, audit, store, recovery);
  return recovery;
}

async function settlePrepared(
  entry: StoredEntry<PreparedBody>,
  audit: Audit,
  store: EffectStore,
  recovery: Recovery,
): Promise<void> {
  const { taskKey, body, envelope } = entry;
  const { outcome } = body;
  try {
    crashPoint('in-recovery');
    await finish(outcome.effects as EffectSet, entry, store);
    crashPoint('after-recovered-effects');
    await audit.recovered(
      taskKey,
      outcome,
      envelope,
      'The kernel ended in the middle; recovery found or put the effects in place.',
    );
    recovery.finished.push(taskKey);
  } catch (error) {
    if (!(error instanceof ArbiterError)) throw error;
    if (error.code === 'EFFECT_HALF_APPLIED') {
      const failed = {
        ...outcome,
        outcome: 'quarantined' as const,
        error: { code: error.code, message: error.message },
      };
      await audit.recovered(taskKey, failed, envelope, error.remedy);
      recovery.quarantined.push(taskKey);
    } else {
      await audit.aborted(taskKey, error);
      recovery.aborted.push(taskKey);
    }
  }
}

async function finish(
  { target, files }: EffectSet,
  entry: StoredEntry<PreparedBody>,
  store: EffectStore,
): Promise<void> {
  if (target.kind === 'folder') return finishInFolder(target.path, files, store);
  if (entry.body.outcome.rollsBack === undefined) return finishBranch(target, entry);
  const { commit = '', branch = '', branchBefore: before = null } = entry.envelope;
  await finishUndo({ repository: target.path, branch, commit, before, reason: `arbiter ${entry.taskKey}` });
}

/** The branch is at the commit, or went on from there: applied. It is where the copy started: apply. Else a conflict. */
async function finishBranch(target: GitTarget, { taskKey, envelope }: StoredEntry<PreparedBody>): Promise<void> {
  const { commit = '', branch = '' } = envelope;
  await removeStaleLocks(target.path, branch);
  if (await branchPassed(target.path, branch, commit)) return;
  const head = await branchHead(target.path, branch);
  const moved = (detail: string) => fault('WORKSPACE_MOVED', { conflicts: `branch ${branch}: ${detail}` });
  if (head !== null && (target.ref === null || head !== target.base)) throw moved(`it is at ${head}`);
  // Also where the repository has gone, and git has nothing to say but that.
  await refuseCheckedOut(target.path, branch).catch((error: Error) => {
    throw error instanceof ArbiterError ? error : moved(error.message);
  });
  await moveBranch(target.path, branch, head, commit, `arbiter ${taskKey}`).catch((error: Error) => {
    throw moved(error.message);
  });
}

async function removeCopies(folder: string): Promise<number> {
  const removed = await Promise.all(readdirSync(folder).map((name) => removeTree(join(folder, name))));
  return removed.filter(Boolean).length;
}
