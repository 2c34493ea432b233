// Commits that a plugin made come back as a pack of what is new in them, made in a repository of the kernel's own from
// loose objects and packs alone, and checked as a fetch would check it (index-pack --strict).
import { lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { CommitRecord } from '../../contracts/generated/ledger.v1.ts';
import { gitSettings } from './git.ts';
import { objectsOf } from './object-stores.ts';
import { copyShallow, formatSettings } from './private-git.ts';

export interface TakenCommits {
  /** Oldest first; the last one is what HEAD was at. */
  readonly commits: readonly CommitRecord[];
  /** The pack's file. */
  readonly pack: string;
}

const [mostCommits, mostObjects, mostPacks] = [1_000, 100_000, 50];
/** Bytes of all new objects, as they are when nothing is compressed. */
const mostBytes = 1024 * 1024 * 1024;
const checkingMs = 120_000;

/**
 * Takes what leads from `base` to `head` out of the store `from`, which a plugin wrote, into `objects`, a store beside
 * the copy. Throws an Error with the reason where it cannot be taken.
 */
export async function takeCommits(
  repository: string,
  { base, head, from, aside }: { base: string; head: string; from: string; aside: string },
): Promise<TakenCommits> {
  const own = join(aside, 'left.git');
  await ownRepository(repository, own, head.length === 64);
  for (const pack of moveObjects(from, join(own, 'objects'))) await within(own, ['index-pack', '--', pack]);
  if ((await within(own, ['cat-file', '-t', head])) !== 'commit') throw new Error(`${head} is no commit`);
  await within(own, ['merge-base', '--is-ancestor', base, head]).catch(() => {
    throw new Error(`HEAD was left at ${head}, which does not come from ${base}`);
  });
  await demandSmall(own, base, head);
  const commits = await listCommits(own, base, head);
  const pack = packIn({ aside });
  await within(own, ['pack-objects', '--quiet', '--threads=1', '--revs', '--stdout'], {
    ...{ input: `${head}\n^${base}\n`, outputFile: pack },
  });
  await bringPack(repository, pack, join(aside, 'objects'));
  return { commits, pack };
}

/** The pack of the commits that were taken out of a copy. */
export function packIn({ aside }: { readonly aside: string }): string {
  return join(aside, 'commits.pack');
}

/** Checks the pack and puts it, with its index, into the store `objects`. Throws git's own words. */
export async function bringPack(repository: string, pack: string, objects: string): Promise<void> {
  await mkdir(join(objects, 'pack'), { recursive: true });
  const env = { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: await objectsOf(repository) };
  await within(repository, ['index-pack', '--strict', '--stdin', '--threads=1'], { env, inputFile: pack });
}

/** A bare repository that borrows from the real one and has no settings, hooks or refs of anybody. */
async function ownRepository(repository: string, own: string, sha256: boolean): Promise<void> {
  for (const one of ['objects/info', 'objects/pack', 'refs']) await mkdir(join(own, one), { recursive: true });
  await writeFile(join(own, 'objects/info/alternates'), `${await objectsOf(repository)}\n`);
  await writeFile(join(own, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(own, 'config'), `${formatSettings(sha256)}[core]\n\tbare = true\n`);
  await copyShallow(repository, join(own, 'shallow'));
}

/** Moves regular files with the names of objects and packs; gives the packs. A list of alternates is none. */
function moveObjects(from: string, to: string): string[] {
  for (const prefix of foldersIn(from).filter((name) => /^[0-9a-f]{2}$/.test(name)))
    moveFiles(join(from, prefix), join(to, prefix), /^(?:[0-9a-f]{38}|[0-9a-f]{62})$/);
  if (!foldersIn(from).includes('pack')) return [];
  const packs = moveFiles(join(from, 'pack'), join(to, 'pack'), /^pack-[0-9a-f]{40,64}\.pack$/);
  if (packs.length > mostPacks)
    throw new Error(`there are ${packs.length} packs, and no more than ${mostPacks} are read`);
  return packs;
}

function moveFiles(from: string, to: string, names: RegExp): string[] {
  const found = readdirSync(from).filter((name) => names.test(name) && lstatSync(join(from, name)).isFile());
  if (found.length > mostObjects) throw new Error(`there are more than ${mostObjects} objects`);
  if (found.length > 0) mkdirSync(to, { recursive: true });
  return found.map((name) => {
    renameSync(join(from, name), join(to, name));
    return join(to, name);
  });
}

function foldersIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** A small object can stand for a large file, and a pack for many. */
async function demandSmall(own: string, base: string, head: string): Promise<void> {
  const listed = await within(own, ['rev-list', '--objects', '--no-object-names', head, `^${base}`]);
  const ids = listed.split('\n');
  if (ids.length > mostObjects) throw new Error(`there are more than ${mostObjects} objects`);
  const sizes = await within(own, ['cat-file', '--batch-check=%(objectsize)'], { input: `${listed}\n` });
  const bytes = sizes.split('\n').reduce((sum, size) => sum + Number(size), 0);
  if (!(bytes <= mostBytes)) throw new Error(`the objects hold more than ${mostBytes} bytes`);
}

async function listCommits(own: string, base: string, head: string): Promise<CommitRecord[]> {
  const format = '--format=%H%x00%an <%ae>%x00%s%x00';
  const listed = await within(own, ['log', '--topo-order', '--reverse', format, `${base}..${head}`]);
  const fields = listed.split('\0');
  const commits: CommitRecord[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [id = '', author = '', subject = ''] = fields.slice(at, at + 3).map((field) => field.trim());
    commits.push({ id, author, subject });
  }
  if (commits.length > mostCommits) throw new Error(`there are more than ${mostCommits} commits`);
  return commits;
}

interface Within {
  readonly env?: Record<string, string>;
  readonly input?: string;
  readonly inputFile?: string;
  readonly outputFile?: string;
}

/** Runs git in `folder` for no longer than `checkingMs`; throws its last words. */
async function within(folder: string, args: string[], { env, inputFile, outputFile, ...rest }: Within = {}) {
  const { stdout, stderr, failed, timedOut } = await execa('git', args, {
    ...gitSettings(folder, env ?? { GIT_DIR: folder }),
    ...(inputFile === undefined ? { input: rest.input ?? '' } : { inputFile }),
    ...(outputFile === undefined ? {} : { stdout: { file: outputFile } }),
    timeout: checkingMs,
  });
  if (timedOut) throw new Error(`git ${args[0]} took more than ${checkingMs / 1000} s`);
  if (failed) throw new Error(stderr.trim().split('\n').at(-1) || `git ${args[0]} failed`);
  return stdout ?? '';
}
