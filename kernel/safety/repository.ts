// What a workspace is: a plain folder, or a repository with the commit to start from.
import { fault } from '../../contracts/errors.ts';
import { git, gitSays, tryGit } from './git.ts';
import type { Workspace } from './workspace.ts';

export type Ground = { readonly kind: 'folder'; readonly path: string } | GitGround;

export interface GitGround {
  readonly kind: 'git';
  readonly path: string;
  /** The branch that the result goes to; null stands for a branch of the task's own. */
  readonly ref: string | null;
  readonly base: string;
}

/** What git says of a folder; null where it is in no repository. */
interface Position {
  readonly bare: boolean;
  readonly inGitFolder: boolean;
  /** Top of the checkout; null where there is none. */
  readonly top: string | null;
}

async function positionOf(path: string): Promise<Position | null> {
  // The last one fails where there is no checkout; what came before it is said all the same.
  const said = await gitSays(path, ['rev-parse', '--is-bare-repository', '--is-inside-git-dir', '--show-toplevel']);
  const [bare, inGitFolder, ...top] = said.split('\n');
  if (bare !== 'true' && bare !== 'false') return null;
  return { bare: bare === 'true', inGitFolder: inGitFolder === 'true', top: top.join('\n') || null };
}

/** Looks at the workspace. Throws WORKSPACE_UNSUITABLE or WORKSPACE_REF_BUSY. */
export async function survey(workspace: Workspace): Promise<Ground> {
  const { path, ref } = workspace;
  const unsuitable = (detail: string, expectation: string, hint: string) =>
    fault('WORKSPACE_UNSUITABLE', { path, detail, expectation, hint });

  const position = await positionOf(path);
  if (position && !position.bare && position.inGitFolder)
    throw unsuitable("it is git's own folder", 'The top of a repository', 'Use the folder that holds it.');
  const top = position?.bare ? path : (position?.top ?? null);
  const ignored = top !== null && top !== path && (await tryGit(top, ['check-ignore', '-q', '--', path])) !== null;
  if (top === null || ignored) {
    if (ref !== null)
      throw unsuitable(`it is no repository, and the task names the branch ${ref}`, 'A repository', 'Leave ref out.');
    return { kind: 'folder', path };
  }
  if (top !== path)
    throw unsuitable(
      `it is a folder inside the repository ${top}`,
      'The top of a repository, or a folder outside of one',
      `Use ${top}, with paths from there.`,
    );

  const base = await tryGit(path, [
    'rev-parse',
    '--verify',
    '--quiet',
    `${ref ? `refs/heads/${ref}` : 'HEAD'}^{commit}`,
  ]);
  const start = base ?? (await tryGit(path, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']));
  if (start === null) throw unsuitable('it has no commit yet', 'A commit to start from', 'Make a first commit.');
  if (ref !== null) await refuseCheckedOut(path, ref);
  return { kind: 'git', path, ref, base: start };
}

/** A branch that is checked out anywhere is never moved. Throws WORKSPACE_REF_BUSY. */
export async function refuseCheckedOut(repository: string, ref: string): Promise<void> {
  const blocks = (await git(repository, ['worktree', 'list', '--porcelain'])).split('\n\n');
  const holder = blocks.find((block) => block.split('\n').includes(`branch refs/heads/${ref}`));
  if (holder) throw fault('WORKSPACE_REF_BUSY', { ref, worktree: /^worktree (.*)$/m.exec(holder)?.[1] ?? repository });
}
