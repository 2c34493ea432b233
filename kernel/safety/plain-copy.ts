// A private copy whose files are all copied, and compared whole: for machines and file systems without overlays.
import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { fault } from '../../contracts/errors.ts';
import type { FileEffect } from '../../contracts/generated/ledger.v1.ts';
import type { Changes } from './changes.ts';
import { childMark } from './orphans.ts';
import { type TreeState, treeState } from './tree-state.ts';

/** Copies the files of the folder at `path`, but not those in `hidden` below it. Throws WORKSPACE_UNSUITABLE. */
export async function copyFolder(path: string, folder: string, hidden: string | null): Promise<void> {
  const copying =
    hidden === null
      ? execa('cp', ['-a', '--reflink=auto', '--', `${path}/.`, folder], { reject: false, env: childMark() })
      : execa('tar', ['-C', path, '-cf', '-', '--anchored', '--no-wildcards', `--exclude=./${hidden}`, '.'], {
          reject: false,
          buffer: false,
          env: childMark(),
        }).pipe('tar', ['-C', folder, '-xpf', '-'], { reject: false, env: childMark() });
  const { failed, stderr } = await copying;
  if (!failed) return;
  const detail = `${stderr}`.trim().split('\n')[0] || 'it could not be copied';
  const expectation = 'A folder that can be read whole, and room for a copy';
  throw fault('WORKSPACE_UNSUITABLE', { path, detail, expectation, hint: 'Change permissions, or make room.' });
}

export async function giveTo(user: number, ...folders: string[]): Promise<void> {
  await execa('chown', ['-R', '-h', `${user}:${user}`, '--', ...folders], { env: childMark() });
}

/** Notes what stands in `folder`, and gives what tells later what has changed, but for the paths of `leaveOut`. */
export async function copyOf(folder: string, leaveOut: readonly string[]): Promise<() => Promise<Changes>> {
  const before = await treeState(folder, leaveOut);
  return async () => {
    const after = await treeState(folder, leaveOut);
    const links = [...after].filter(([, { type }]) => type === 'symlink').map(([path]) => path);
    return { files: compare(before, after), links, linkAt: (path) => targetOf(join(folder, path)) };
  };
}

function compare(before: TreeState, after: TreeState): FileEffect[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path): FileEffect[] => {
    const was = before.get(path) ?? null;
    const is = after.get(path) ?? null;
    if (was && is && was.digest === is.digest && was.mode === is.mode && was.type === is.type) return [];
    return [{ path, change: was === null ? 'created' : is === null ? 'deleted' : 'changed', before: was, after: is }];
  });
}

function targetOf(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}
