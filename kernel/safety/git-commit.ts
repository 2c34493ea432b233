// Commits made by the kernel from what it found changed. Git never runs inside a copy, so nothing that a plugin leaves
// there can make it do anything.
import { constants } from 'node:fs';
import { open, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { FileEffect, GitTarget } from '../../contracts/generated/ledger.v1.ts';
import { crashPoint } from '../crash-point.ts';
import { adoptObjects } from './adopt-objects.ts';
import { git, tryGit } from './git.ts';
import { type TreeEntry, writeChangedTree } from './git-tree.ts';
import { type LooseStore, looseStore } from './loose-objects.ts';
import { objectsOf } from './object-stores.ts';
import type { PrivateCopy } from './private-copy.ts';

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
  const store = looseStore({
    folder: into === 'aside' ? objectsBeside(copy) : await objectsOf(repository),
    ...{ idLength: base.length, durable: into === 'repository' },
  });
  const blobs = await writeBlobs(copy.folder, files, store);
  await demandTaken(repository, files, blobs, { GIT_INDEX_FILE: join(copy.aside, `index-${into}`) });
  const changes = files.map(({ path, after }): [string, TreeEntry | null] => [
    path,
    after && { mode: gitMode(after), id: blobs.get(path) as string },
  ]);
  return writeChangedTree(repository, base, new Map(changes), store);
}

/** Takes the objects of the tree that was written beside `copy` into the repository. */
export async function takeTree(repository: string, copy: Pick<PrivateCopy, 'aside'>): Promise<void> {
  await adoptObjects(objectsBeside(copy), await objectsOf(repository));
}

function objectsBeside({ aside }: Pick<PrivateCopy, 'aside'>): string {
  return join(aside, 'objects');
}

/** Names that mean nothing to git, on any system. */
function isPlain(path: string): boolean {
  return path.split('/').every((name) => /^(?!\.git)\.?[a-z0-9_][a-z0-9._-]*(?<!\.)$/i.test(name));
}

/** Git leaves names out of an index that it thinks dangerous, such as `git~1`; a tree would take them. */
async function demandTaken(
  repository: string,
  files: readonly FileEffect[],
  blobs: ReadonlyMap<string, string>,
  env: Record<string, string>,
): Promise<void> {
  const created = files.filter(({ path, before, after }) => before === null && after !== null && !isPlain(path));
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
  const who = `Arbiter <arbiter@localhost> ${Math.floor(Date.parse(claimedAt) / 1000)} +0000`;
  const lines = [`tree ${tree}`, `parent ${parent}`, `author ${who}`, `committer ${who}`, '', message];
  const store = looseStore({ folder: await objectsOf(path), idLength: tree.length, durable: true });
  return store.write('commit', Buffer.from(`${lines.join('\n')}${message.endsWith('\n') ? '' : '\n'}`));
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

/** The commits that names stand for, in their order; null for what is no commit, or not there. One process for all. */
export async function commitsAt(repository: string, names: readonly string[]): Promise<(string | null)[]> {
  const input = names.map((name) => `${name}^{commit}\n`).join('');
  const said = await git(repository, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], { input });
  return said.split('\n').map((line) => /^([0-9a-f]{40,64}) commit$/.exec(line)?.[1] ?? null);
}

export async function branchHead(repository: string, branch: string): Promise<string | null> {
  return tryGit(repository, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`]);
}

async function writeBlobs(
  folder: string,
  files: readonly FileEffect[],
  store: LooseStore,
): Promise<Map<string, string>> {
  const blobs = new Map<string, string>();
  for (const { path, after } of files) {
    if (after === null) continue;
    const at = join(folder, path);
    const content = after.type === 'symlink' ? await readlink(at, 'buffer') : await readContent(at);
    blobs.set(path, await store.write('blob', content));
  }
  return blobs;
}

/** The file itself, and nothing that a link in its place leads to. */
async function readContent(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  return file.readFile().finally(() => file.close());
}

function gitMode({ type, mode }: NonNullable<FileEffect['after']>): string {
  if (type === 'symlink') return '120000';
  return (Number.parseInt(mode, 8) & 0o100) === 0 ? '100644' : '100755';
}
