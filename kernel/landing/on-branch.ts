// A commit that comes to a branch: the one that the target names, or one of the task's own. A branch that is checked out
// anywhere is never moved.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { Envelope, GitTarget } from '../../contracts/generated/ledger.v1.ts';
import { slugOf } from '../journey/slug.ts';
import { tryGit } from '../safety/git.ts';
import { branchHead, branchPassed, commitTree, moveBranch } from '../safety/git-commit.ts';
import { orNoRoom } from '../safety/no-room.ts';
import { refuseCheckedOut } from '../safety/repository.ts';
import { removeStaleLocks } from '../safety/stale-lock.ts';
import { undoBranch } from '../safety/undo-branch.ts';
import type { Part } from './land.ts';

export interface BranchLanding {
  readonly taskId: string;
  readonly target: GitTarget;
  /** Brings the target's tree into the repository. */
  readonly bringTree: () => Promise<void>;
  /** The commit's moment, RFC 3339. */
  readonly claimedAt: string;
}

export function onBranch({ taskId, target, bringTree, claimedAt }: BranchLanding): Part {
  const { path, ref, base } = target;
  const branch = branchOf(target, taskId);
  let commit = '';
  let before: string | null = null;
  return {
    async prepare() {
      if ((await tryGit(path, ['cat-file', '-e', `${base}^{commit}`])) === null)
        throw moved(`the commit ${base} is gone from ${path}`);
      if (ref !== null) await refuseCheckedOut(path, ref);
      before = await branchHead(path, branch);
      if (before !== null && (ref === null || before !== base)) throw moved(`branch ${branch} is at ${before}`);
      commit = await written(async () => {
        await bringTree();
        return commitTree(target, claimedAt);
      });
      return { commit, branch, branchBefore: before };
    },
    async apply() {
      await moveBranch(path, branch, before, commit, `arbiter ${taskId}`).catch((error: Error) => {
        throw moved(`branch ${branch}: ${error.message}`);
      });
      return {
        note: ref === null ? `On branch ${branch}. To take it over: git merge ${branch}` : `On branch ${branch}.`,
      };
    },
    undo: () => takeBack({ target, branch, commit, before, taskId }),
  };
}

/** After a crash: the branch may be where it was, at the commit, or gone on from there. */
export function finishedOnBranch(
  target: GitTarget,
  taskId: string,
  { commit = '', branch = '', branchBefore: before = null }: Partial<Envelope>,
): Pick<Part, 'apply' | 'undo'> {
  return {
    async apply() {
      const { path, ref, base } = target;
      await removeStaleLocks(path, branch);
      if (await branchPassed(path, branch, commit)) return {};
      const head = await branchHead(path, branch);
      if (head !== null && (ref === null || head !== base)) throw moved(`branch ${branch}: it is at ${head}`);
      // Also where the repository has gone, and git has nothing to say but that.
      await refuseCheckedOut(path, branch).catch((error: Error) => {
        throw error instanceof ArbiterError ? error : moved(`branch ${branch}: ${error.message}`);
      });
      await moveBranch(path, branch, head, commit, `arbiter ${taskId}`).catch((error: Error) => {
        throw moved(`branch ${branch}: ${error.message}`);
      });
      return {};
    },
    undo: () => takeBack({ target, branch, commit, before, taskId }),
  };
}

/** One landing at a time per folder, or per branch. */
export function landingKey(target: { kind: 'folder'; path: string } | GitTarget, taskId: string): string {
  return target.kind === 'folder' ? target.path : `${target.path} ${branchOf(target, taskId)}`;
}

/** The branch that a result goes to. */
function branchOf(target: GitTarget, taskId: string): string {
  return target.ref ?? `arbiter/${slugOf(taskId)}`;
}

interface Moved {
  readonly target: GitTarget;
  readonly branch: string;
  readonly commit: string;
  readonly before: string | null;
  readonly taskId: string;
}

async function takeBack({ target: { path }, branch, commit, before, taskId }: Moved): Promise<void> {
  const reason = `arbiter ${taskId}, taken back`;
  await undoBranch({ repository: path, branch, commit, before, reason }).catch((error) => {
    if (!(error instanceof ArbiterError)) throw error;
    throw fault('EFFECT_HALF_APPLIED', { conflicts: `branch ${branch} at ${commit} (${error.message})` });
  });
}

/** Nothing is prepared yet: what cannot be written, because it is read-only or somebody else's, is not applied. */
async function written<Value>(write: () => Promise<Value>): Promise<Value> {
  try {
    return await write();
  } catch (thrown) {
    const error = orNoRoom(thrown) as Error;
    if (error instanceof ArbiterError) throw error;
    throw fault('EFFECT_NOT_APPLIED', { detail: error.message });
  }
}

function moved(detail: string): ArbiterError {
  return fault('WORKSPACE_MOVED', { conflicts: detail });
}
