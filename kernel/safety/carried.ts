// Folders of a checkout that git ignores and that real gates need, such as node_modules: seen in a private copy as they are
// in the checkout, never written to, never part of what changed.
import { lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import { tryGit } from './git.ts';
import { copyFolder } from './plain-copy.ts';
import { removeTree } from './remove-tree.ts';

/** Those of `wanted` that the checkout at `path` has. Throws WORKSPACE_UNSUITABLE for one that git does not ignore. */
export async function carriedFolders(path: string, wanted: readonly string[]): Promise<string[]> {
  const there = wanted.filter((name) => isFolderWithin(path, name));
  for (const name of there)
    if ((await tryGit(path, ['check-ignore', '--quiet', '--', name])) === null)
      throw fault('WORKSPACE_UNSUITABLE', {
        path,
        detail: `${name} is to be carried, and git does not ignore it`,
        expectation: 'Folders that git ignores under workspaces.carry',
        hint: 'Add it to .gitignore, or take it out of arbiter.yaml.',
      });
  return there;
}

/** Makes the empty folders that the carried ones are shown at. Throws WORKSPACE_UNSUITABLE where the commit has files there. */
export async function makePlaces(
  path: string,
  base: string,
  folder: string,
  carried: readonly string[],
): Promise<void> {
  for (const name of carried) {
    for (let at = name; at !== '.'; at = dirname(at)) {
      const stat = lstatSync(join(base, at), { throwIfNoEntry: false });
      if (stat && (at === name || !stat.isDirectory()))
        throw fault('WORKSPACE_UNSUITABLE', {
          path,
          detail: `${name} is to be carried, and the commit has ${at}`,
          expectation: 'Folders that git ignores under workspaces.carry',
          hint: 'Take it out of arbiter.yaml.',
        });
    }
    await mkdir(join(folder, name), { recursive: true });
  }
}

/** Copies the carried folders, for boxes in which nothing can be mounted: what is written there goes with the copy. */
export async function copyCarried(path: string, folder: string, carried: readonly string[]): Promise<void> {
  for (const name of carried) {
    // Not through a link that a plugin put in the place of a folder.
    if (dirname(name) !== '.' && !isFolderWithin(folder, dirname(name))) continue;
    await removeTree(join(folder, name));
    await mkdir(join(folder, name), { recursive: true });
    await copyFolder(join(path, name), join(folder, name), null);
  }
}

/** Whether `name`, below `folder`, is a folder that no link leads to. */
export function isFolderWithin(folder: string, name: string): boolean {
  const parts = name.split('/');
  return parts.every((_, index) => {
    const path = join(folder, ...parts.slice(0, index + 1));
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  });
}
