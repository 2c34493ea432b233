// Takes a commit of the kernel's back: its branch goes, or goes back to where it was. The commit itself stays in the
// repository until git collects it.
import { fault } from '../../contracts/errors.ts';
import { git, tryGit } from './git.ts';
import { branchHead, moveBranch } from './git-commit.ts';
import { refuseCheckedOut } from './repository.ts';

export interface BranchUndo {
  readonly repository: string;
  readonly branch: string;
  /** Where the branch has to be. */
  readonly commit: string;
  /** Where it goes; null: the branch is removed. */
  readonly before: string | null;
  /** For the reflog. */
  readonly reason: string;
}

/** Why the branch cannot be taken back, or null. */
export async function branchMoved({ repository, branch, commit }: BranchUndo): Promise<string | null> {
  const head = await branchHead(repository, branch);
  if (head === null) return `the branch ${branch} is gone`;
  return head === commit ? null : `the branch ${branch} is at ${head}, not at ${commit}`;
}

/** Throws WORKSPACE_REF_BUSY where the branch is checked out, and WORKSPACE_MOVED when it is elsewhere. */
export async function undoBranch({ repository, branch, commit, before, reason }: BranchUndo): Promise<void> {
  await refuseCheckedOut(repository, branch);
  const undone =
    before === null
      ? git(repository, ['update-ref', '-d', '-m', reason, `refs/heads/${branch}`, commit]).then(() => undefined)
      : moveBranch(repository, branch, commit, before, reason);
  await undone.catch((error: Error) => {
    throw fault('WORKSPACE_MOVED', { conflicts: `branch ${branch}: ${error.message}` });
  });
}

/** After a crash: takes the branch back unless that has happened. Throws what `undoBranch` throws. */
export async function finishUndo(undo: BranchUndo): Promise<void> {
  const { repository, branch, before, reason } = undo;
  if ((await branchHead(repository, branch)) === before) return;
  // Somebody may have gone on from there.
  const log = await tryGit(repository, ['reflog', 'show', '--format=%H %gs', `refs/heads/${branch}`]);
  if (before !== null && log?.split('\n').includes(`${before} ${reason}`)) return;
  await undoBranch(undo);
}

/** Branches besides `branch` that hold the commit. */
export async function alsoOn(repository: string, branch: string, commit: string): Promise<string[]> {
  const listed = await tryGit(repository, [
    'for-each-ref',
    '--format=%(refname:short)',
    '--contains',
    commit,
    'refs/heads',
  ]);
  return (listed ?? '').split('\n').filter((name) => name !== '' && name !== branch);
}
