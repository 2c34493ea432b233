// Commit ledger: applies the effects and writes the entry so that both or neither survive a crash: first the entry
// "prepared" with the exact effects, then the effects, then the outcome.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { EffectSet, FolderTarget, GitTarget } from '../../contracts/generated/ledger.v1.ts';
import type { Audit } from '../audit/audit.ts';
import { crashPoint } from '../crash-point.ts';
import { applyToFolder, conflicts } from '../safety/apply-effects.ts';
import { keepContents } from '../safety/effect-set.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { branchHead, commitTree, moveBranch, takeTree } from '../safety/git-commit.ts';
import type { KeyedLock } from '../safety/keyed-lock.ts';
import type { PrivateCopy } from '../safety/private-copy.ts';
import { refuseCheckedOut } from '../safety/repository.ts';
import type { Journey, Step, Submission } from './journey.ts';
import { slugOf } from './slug.ts';

export interface CommitParts {
  readonly audit: Audit;
  readonly store: EffectStore;
  readonly oneAtATime: KeyedLock;
  /** Drops tasks that a plugin asked for into the inbox. */
  readonly submit: (parent: string, submissions: readonly Submission[]) => void;
}

export function newCommitLedger({ audit, store, oneAtATime, submit }: CommitParts): Step {
  return async (journey) => {
    const { effects, copy, line, submissions } = journey;
    if (journey.abort.signal.aborted) throw fault('CANCELLED', { detail: '' });
    if (line.task.whatIf) {
      if (copy && effects) keepContents(copy, effects.files, store);
      await audit.outcome(journey, 'planned', planNote(submissions));
    } else if (copy && effects && effects.files.length > 0) {
      const { target } = effects;
      if (target.kind === 'folder') await oneAtATime(target.path, () => commitFolder(journey, copy, target, effects));
      else await oneAtATime(`${target.path} ${branchOf(target, line.id)}`, () => commitBranch(journey, copy, target));
    } else {
      // The children's ids follow from the parent's: a crash before the entry drops the same tasks again, not others.
      if (submissions.length > 0) submit(line.id, submissions);
      await audit.outcome(journey, 'done');
    }
    await copy?.discard();
  };

  async function commitFolder(
    journey: Journey,
    copy: PrivateCopy,
    target: FolderTarget,
    { files }: EffectSet,
  ): Promise<void> {
    const moved = conflicts(target.path, files);
    if (moved.length > 0) throw fault('WORKSPACE_MOVED', { conflicts: moved.join(', ') });
    keepContents(copy, files, store);
    crashPoint('before-prepared');
    await audit.prepared(journey);
    crashPoint('after-prepared');
    await abortedUnless(journey, async () => applyToFolder(target.path, files, store));
    crashPoint('after-apply');
    await audit.outcome(journey, 'done');
  }

  async function commitBranch(journey: Journey, copy: PrivateCopy, target: GitTarget): Promise<void> {
    const branch = branchOf(target, journey.line.id);
    if (target.ref !== null) await refuseCheckedOut(target.path, target.ref);
    const head = await branchHead(target.path, branch);
    if (target.ref === null ? head !== null : head !== null && head !== target.base)
      throw fault('WORKSPACE_MOVED', { conflicts: `branch ${branch} is at ${head}` });
    await takeTree(target.path, copy);
    const commit = await commitTree(target, journey.line.source.claimedAt);
    const note =
      target.ref === null ? `On branch ${branch}. To take it over: git merge ${branch}` : `On branch ${branch}.`;
    crashPoint('before-prepared');
    await audit.prepared(journey, { commit, branch });
    crashPoint('after-prepared');
    await abortedUnless(journey, () =>
      moveBranch(target.path, branch, head, commit, `arbiter ${journey.line.id}`).catch((error: Error) => {
        throw fault('WORKSPACE_MOVED', { conflicts: `branch ${branch}: ${error.message}` });
      }),
    );
    crashPoint('after-apply');
    await audit.outcome(journey, 'done', { commit, branch, note });
  }

  /** What was prepared and did not happen is said in the ledger, so that recovery does not make it happen later. */
  async function abortedUnless(journey: Journey, apply: () => Promise<void>): Promise<void> {
    try {
      await apply();
    } catch (error) {
      if (error instanceof ArbiterError && error.code !== 'EFFECT_HALF_APPLIED')
        await audit.aborted(journey.line.id, error);
      throw error;
    }
  }
}

/** The branch that a result goes to. */
function branchOf(target: GitTarget, taskId: string): string {
  return target.ref ?? `arbiter/${slugOf(taskId)}`;
}

function planNote(submissions: readonly Submission[]): { note?: string } {
  return submissions.length === 0 ? {} : { note: `Would submit ${submissions.length} task(s).` };
}
