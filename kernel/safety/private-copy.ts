// Where a state-change plugin works: a copy, so that it is never near the real thing. This first kind copies a folder,
// or writes out a commit's files without .git; an overlay can take its place without anything else changing.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { fault } from '../../contracts/errors.ts';
import { removeTree } from './remove-tree.ts';
import { type Ground, survey } from './repository.ts';
import { type TreeState, treeState } from './tree-state.ts';
import type { Workspace } from './workspace.ts';
import { writeOut } from './write-out.ts';

export interface PrivateCopy {
  /** What it was made from. */
  readonly ground: Ground;
  /** The folder that the plugin sees. */
  readonly folder: string;
  /** A folder beside it for the kernel's own files. */
  readonly aside: string;
  /** A folder below it that holds the home and is not part of the copy, or null. */
  readonly hidden: string | null;
  /** What stood in it at first. */
  readonly before: TreeState;
  /** Never rejects. */
  discard(): Promise<unknown>;
}

/** Makes a copy of `workspace` below `root`, which belongs to `user` where that is not the kernel's own. Throws WORKSPACE_UNSUITABLE or WORKSPACE_REF_BUSY. */
export async function makePrivateCopy(workspace: Workspace, root: string, user: number | null): Promise<PrivateCopy> {
  const ground = await survey(workspace);
  const folder = join(root, 'workspace');
  const aside = join(root, 'aside');
  const discard = () => removeTree(root);
  try {
    await mkdir(folder, { recursive: true });
    await mkdir(aside);
    if (ground.kind === 'folder') await copyFolder(ground.path, folder, workspace.hidden);
    else await writeOut(ground.path, ground.base, folder);
    if (user !== null) await execa('chown', ['-R', '-h', `${user}:${user}`, '--', folder]);
    return { ground, folder, aside, hidden: workspace.hidden, before: await treeState(folder), discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function copyFolder(path: string, folder: string, hidden: string | null): Promise<void> {
  const copying =
    hidden === null
      ? execa('cp', ['-a', '--reflink=auto', '--', `${path}/.`, folder], { reject: false })
      : execa('tar', ['-C', path, '-cf', '-', '--anchored', '--no-wildcards', `--exclude=./${hidden}`, '.'], {
          reject: false,
          buffer: false,
        }).pipe('tar', ['-C', folder, '-xpf', '-'], { reject: false });
  const { failed, stderr } = await copying;
  if (!failed) return;
  const detail = `${stderr}`.trim().split('\n')[0] || 'it could not be copied';
  const expectation = 'A folder that can be read whole, and room for a copy';
  throw fault('WORKSPACE_UNSUITABLE', { path, detail, expectation, hint: 'Change permissions, or make room.' });
}
