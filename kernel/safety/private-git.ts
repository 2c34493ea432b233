// The `.git` of a private copy: HEAD, branch and index stand at the commit that the copy starts from, objects are
// borrowed from the real store. It holds nothing of the real repository's settings, hooks and refs.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Inlay } from '../host/launch/box.ts';
import { git } from './git.ts';
import { borrowedFrom, objectsOf } from './object-stores.ts';
import { childMark } from './orphans.ts';
import { baseTime, indexIn, noteFiles } from './prepared-index.ts';

/** The branch that is checked out in a private copy. */
export const insideBranch = 'refs/heads/task';

/** Where a box shows the real stores, below `.git`. */
const shownStores = ['stores/0', 'stores/1', 'stores/2', 'stores/3'];

/** Makes `folder`/.git for the files of `commit` that stand in `folder`, and makes these older than its index. */
export async function layGit(
  repository: string,
  commit: string,
  folder: string,
  { borrow }: { borrow: 'by inlays' | 'by path' },
): Promise<void> {
  const at = join(folder, '.git');
  const stores = borrowedFrom(await objectsOf(repository));
  for (const one of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', ...shownStores])
    await mkdir(join(at, one), { recursive: true });
  // Relative to the folder `objects`.
  const borrowed = borrow === 'by path' ? stores : shownStores.map((one) => `../${one}`);
  await writeFile(join(at, 'objects/info/alternates'), borrowed.map((path) => `${path}\n`).join(''));
  await writeFile(join(at, 'HEAD'), `ref: ${insideBranch}\n`);
  await writeFile(join(at, insideBranch), `${commit}\n`);
  await writeFile(join(at, 'config'), configuration(commit.length === 64));
  await copyShallow(repository, join(at, 'shallow'));
  await makeOlder(folder);
  const env = { GIT_DIR: at, GIT_ALTERNATE_OBJECT_DIRECTORIES: stores.map(quoted).join(':') };
  const plainly = ['index.version=2', 'core.splitIndex=false', 'index.skipHash=false', 'index.sparse=false'];
  await git(folder, [...plainly.flatMap((one) => ['-c', one]), 'read-tree', commit], { env });
  await noteFiles(indexIn(at), folder, commit.length / 2);
}

/** What a box has to be shown so that the `.git` of a copy finds its objects. */
export async function storeInlays(repository: string): Promise<Inlay[]> {
  const stores = borrowedFrom(await objectsOf(repository)).slice(0, shownStores.length);
  return stores.map((source, index) => ({ source, at: `.git/${shownStores[index]}` }));
}

/** Git fails on a history that is cut off unless it is told where. */
export async function copyShallow(repository: string, to: string): Promise<void> {
  const shallow = await git(repository, ['rev-parse', '--path-format=absolute', '--git-path', 'shallow']);
  if (existsSync(shallow)) await copyFile(shallow, to);
  else await rm(to, { force: true });
}

/** Settings of a folder with SHA-1 or SHA-256 ids. */
export function formatSettings(sha256: boolean): string {
  return sha256
    ? '[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tobjectFormat = sha256\n'
    : '[core]\n\trepositoryFormatVersion = 0\n';
}

function configuration(sha256: boolean): string {
  return `${formatSettings(sha256)}[core]
\tbare = false
\tfileMode = true
\tcheckStat = minimal
\ttrustCtime = false
\tlogAllRefUpdates = true
[user]
\tname = Arbiter
\temail = arbiter@localhost
[gc]
\tauto = 0
[maintenance]
\tauto = false
`;
}

/** Every file but those of `.git`: in one program, which is faster than a call for each. */
async function makeOlder(folder: string): Promise<void> {
  await execa(
    'find',
    [
      '.',
      '-path',
      './.git',
      '-prune',
      '-o',
      '-exec',
      'touch',
      '--no-dereference',
      `--date=@${baseTime}`,
      '--',
      '{}',
      '+',
    ],
    { cwd: folder, env: childMark() },
  );
}

/** Git takes a colon for the end of a path, unless it is quoted. */
function quoted(path: string): string {
  return /[:"\n]/.test(path) ? JSON.stringify(path) : path;
}
