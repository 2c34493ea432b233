// Commits made by the kernel from what it found changed. Git never runs inside a copy, so nothing that a plugin leaves
// there can make it do anything.
import { mkdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { FileEffect, GitTarget } from '../../contracts/generated/ledger.v1.ts';
import { crashPoint } from '../crash-point.ts';
import { adoptObjects } from './adopt-objects.ts';
import { git, tryGit } from './git.ts';
import { type TreeEntry, writeChangedTree } from './git-tree.ts';
import { objectsOf } from './object-stores.ts';
import type { PrivateCopy } from './private-copy.ts';

const blobsPerCall = 200;
const zeros = '0'.repeat(40);

/**
 * Writes the tree of `base` with `files` as they stand in `copy`; gives its id. `aside` writes the objects beside the
 * copy, so that looking changes nothing; `repository` writes them where a commit can find them.
 */
export async function writeTree(
  repository: string,
  base: string,
  copy: Pick<PrivateCopy, 'folder' | 'aside'>,
  files: readonly FileEffect[],
  { into }: { into: 'aside' | 'repository' },
): Promise<string> {
  const env: Record<string, string> = {};
  if (into === 'aside') {
    env.GIT_OBJECT_DIRECTORY = objectsBeside(copy);
    env.GIT_ALTERNATE_OBJECT_DIRECTORIES = await objectsOf(repository);
    await mkdir(env.GIT_OBJECT_DIRECTORY, { recursive: true });
  }
  const blobs = await writeBlobs(repository, copy.folder, files, env);
  await demandTaken(repository, files, blobs, { ...env, GIT_INDEX_FILE: join(copy.aside, `index-${into}`) });
  const changes = files.map(({ path, after }): [string, TreeEntry | null] => [
    path,
    after && { mode: gitMode(after), id: blobs.get(path) as string },
  ]);
  return writeChangedTree(repository, base, new Map(changes), env);
}

/** Takes the objects of the tree that was written beside `copy` into the repository. */
export async function takeTree(repository: string, copy: Pick<PrivateCopy, 'aside'>): Promise<void> {
  await adoptObjects(objectsBeside(copy), await objectsOf(repository));
}

function objectsBeside({ aside }: Pick<PrivateCopy, 'aside'>): string {
  return join(aside, 'objects');
}

/** Git leaves names out of an index that it thinks dangerous, such as `git~1`; a tree would take them. */
async function demandTaken(
  repository: string,
  files: readonly FileEffect[],
  blobs: ReadonlyMap<string, string>,
  env: Record<string, string>,
): Promise<void> {
  const created = files.filter(({ before, after }) => before === null && after !== null);
  if (created.length === 0) return;
  const lines = created.map(({ path }) => `100644 ${blobs.get(path)}\t${path}\0`);
  await git(repository, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
  const taken = new Set((await git(repository, ['ls-files', '-z'], { env })).split('\0'));
  const left = created.find(({ path }) => !taken.has(path));
  if (left) throw fault('EFFECT_UNSAFE', { path: left.path, detail: 'git does not take a file of this name' });
}

/**
 * Makes the commit of a tree that is in the repository, on top of the plugin's own; where these hold the tree already, it
 * is the last of them. The moment is the claim's, so that a repetition gives the same id.
 */
export async function commitTree(
  { path, tree, base, message, commits }: GitTarget,
  claimedAt: string,
): Promise<string> {
  const parent = commits?.at(-1)?.id ?? base;
  if (commits && (await git(path, ['rev-parse', `${parent}^{tree}`])) === tree) return parent;
  const who = { NAME: 'Arbiter', EMAIL: 'arbiter@localhost', DATE: claimedAt };
  const env = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value])),
  );
  return git(path, ['commit-tree', tree, '-p', parent, '-F', '-'], { env, input: message });
}

/** Moves `branch` from `from` (null: it must not exist) to `to`. Throws git's own words when it stands elsewhere. */
export async function moveBranch(
  repository: string,
  branch: string,
  from: string | null,
  to: string,
  reason: string,
): Promise<void> {
  crashPoint('before-update-ref');
  const moving = git(repository, [
    'update-ref',
    '--create-reflog',
    '-m',
    reason,
    `refs/heads/${branch}`,
    to,
    from ?? zeros,
  ]);
  crashPoint('during-update-ref');
  await moving;
  crashPoint('after-update-ref');
}

/** Whether `branch` is at `commit`, or was there once and went on. */
export async function branchPassed(repository: string, branch: string, commit: string): Promise<boolean> {
  if ((await branchHead(repository, branch)) === commit) return true;
  const log = await tryGit(repository, ['reflog', 'show', '--format=%H', `refs/heads/${branch}`]);
  return log?.split('\n').includes(commit) ?? false;
}

export async function branchHead(repository: string, branch: string): Promise<string | null> {
  return tryGit(repository, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`]);
}

async function writeBlobs(
  repository: string,
  folder: string,
  files: readonly FileEffect[],
  env: Record<string, string>,
): Promise<Map<string, string>> {
  const blobs = new Map<string, string>();
  const written = files.filter(({ after }) => after?.type === 'file').map(({ path }) => path);
  for (let start = 0; start < written.length; start += blobsPerCall) {
    const paths = written.slice(start, start + blobsPerCall);
    const ids = await git(
      repository,
      ['hash-object', '-w', '--no-filters', '--', ...paths.map((path) => join(folder, path))],
      { env },
    );
    for (const [index, id] of ids.split('\n').entries()) blobs.set(paths[index] as string, id);
  }
  for (const { path, after } of files)
    if (after?.type === 'symlink') blobs.set(path, await writeLink(repository, join(folder, path), env));
  return blobs;
}

async function writeLink(repository: string, path: string, env: Record<string, string>): Promise<string> {
  return git(repository, ['hash-object', '-w', '--stdin'], { env, input: await readlink(path) });
}

function gitMode({ type, mode }: NonNullable<FileEffect['after']>): string {
  if (type === 'symlink') return '120000';
  return (Number.parseInt(mode, 8) & 0o100) === 0 ? '100644' : '100755';
}
