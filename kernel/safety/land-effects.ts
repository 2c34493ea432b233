// How effects come into place, so that both they and their entry survive a crash, or neither: first the entry "prepared"
// with the exact effects, then the effects, then the outcome. What was prepared and did not happen is said as well, so
// that recovery does not make it happen later.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { Envelope, FileEffect, GitTarget } from '../../contracts/generated/ledger.v1.ts';
import { crashPoint } from '../crash-point.ts';
import { slugOf } from '../journey/slug.ts';
import { applyToFolder, conflicts } from './apply-effects.ts';
import type { EffectStore } from './effect-store.ts';
import { tryGit } from './git.ts';
import { branchHead, commitTree, moveBranch } from './git-commit.ts';
import { orNoRoom } from './no-room.ts';
import { refuseCheckedOut } from './repository.ts';

/** What is written down on the way; each resolves once it is durable. */
export interface Landing {
  prepared(extra?: Partial<Envelope>): Promise<void>;
  aborted(error: ArbiterError): Promise<void>;
  done(extra?: Partial<Envelope>): Promise<void>;
}

/** Applies to a folder. `keep` puts contents into `store` once it is known that nothing has moved. */
export async function landInFolder(
  folder: string,
  files: readonly FileEffect[],
  store: EffectStore,
  record: Landing,
  keep: () => void,
): Promise<void> {
  const moved = conflicts(folder, files);
  if (moved.length > 0) throw fault('WORKSPACE_MOVED', { conflicts: moved.join(', ') });
  keep();
  crashPoint('before-prepared');
  await record.prepared();
  crashPoint('after-prepared');
  await abortedUnless(record, async () => applyToFolder(folder, files, store));
  crashPoint('after-apply');
  await record.done();
}

export interface BranchLanding {
  readonly taskId: string;
  readonly target: GitTarget;
  /** Brings the target's tree into the repository. */
  readonly bringTree: () => Promise<void>;
  /** The commit's moment, RFC 3339. */
  readonly claimedAt: string;
}

/** Commits to the branch that the target names, or to one of the task's own. */
export async function landOnBranch(
  { taskId, target, bringTree, claimedAt }: BranchLanding,
  record: Landing,
): Promise<void> {
  const { path, ref, base } = target;
  const branch = branchOf(target, taskId);
  const moved = (detail: string) => fault('WORKSPACE_MOVED', { conflicts: detail });
  if ((await tryGit(path, ['cat-file', '-e', `${base}^{commit}`])) === null)
    throw moved(`the commit ${base} is gone from ${path}`);
  if (ref !== null) await refuseCheckedOut(path, ref);
  const head = await branchHead(path, branch);
  if (head !== null && (ref === null || head !== base)) throw moved(`branch ${branch} is at ${head}`);
  const commit = await written(async () => {
    await bringTree();
    return commitTree(target, claimedAt);
  });
  const note = ref === null ? `On branch ${branch}. To take it over: git merge ${branch}` : `On branch ${branch}.`;
  crashPoint('before-prepared');
  await record.prepared({ commit, branch, branchBefore: head });
  crashPoint('after-prepared');
  await abortedUnless(record, () =>
    moveBranch(path, branch, head, commit, `arbiter ${taskId}`).catch((error: Error) => {
      throw moved(`branch ${branch}: ${error.message}`);
    }),
  );
  crashPoint('after-apply');
  await record.done({ commit, branch, branchBefore: head, note });
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

export async function abortedUnless(record: Pick<Landing, 'aborted'>, apply: () => Promise<void>): Promise<void> {
  try {
    await apply();
  } catch (error) {
    if (error instanceof ArbiterError && error.code !== 'EFFECT_HALF_APPLIED') await record.aborted(error);
    throw error;
  }
}

/** One landing at a time per folder, or per branch. */
export function landingKey(target: { kind: 'folder'; path: string } | GitTarget, taskId: string): string {
  return target.kind === 'folder' ? target.path : `${target.path} ${branchOf(target, taskId)}`;
}

/** The branch that a result goes to. */
function branchOf(target: GitTarget, taskId: string): string {
  return target.ref ?? `arbiter/${slugOf(taskId)}`;
}
