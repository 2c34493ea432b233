// The state of a folder: every file and link with mode, size and digest. Reading many files would hold up the event
// loop, so worker threads do it.
import { lstatSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { fault } from '../../contracts/errors.ts';
import type { PresentFile } from '../../contracts/generated/ledger.v1.ts';
import type { Found } from './file-state.ts';

/** Path below the folder → state. Folders themselves have none: only what they hold counts. */
export type TreeState = ReadonlyMap<string, PresentFile>;

const filesPerJob = 200;
const module = new URL(`./file-state${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
let pool: Piscina | undefined;

/** Reads the state of `folder`, without a `.git` at its top and without the paths of `leaveOut`. */
export async function treeState(folder: string, leaveOut: readonly string[] = []): Promise<TreeState> {
  const states = new Map<string, PresentFile>();
  const paths = await listFiles(folder, '', states, new Set(['.git', ...leaveOut])).catch(
    (error: NodeJS.ErrnoException) => {
      throw fault('EFFECT_UNSAFE', {
        path: error.path?.slice(folder.length + 1, folder.length + 200) || '.',
        detail: `it cannot be read: ${error.code}`,
      });
    },
  );
  paths.sort();
  pool ??= new Piscina({
    filename: module.href,
    maxThreads: availableParallelism(),
    minThreads: 0,
    idleTimeout: 5_000,
  });
  const jobs: Promise<Found[]>[] = [];
  for (let start = 0; start < paths.length; start += filesPerJob)
    jobs.push(pool.run({ folder, paths: paths.slice(start, start + filesPerJob) }));
  const found = (await Promise.all(jobs)).flat();
  for (const [index, path] of paths.entries()) {
    const result = found[index] as Found;
    if ('unsafe' in result) throw fault('EFFECT_UNSAFE', { path, detail: result.unsafe });
    if (result.state) states.set(path, result.state);
  }
  return states;
}

/** Ends the worker threads. */
export async function stopTreeState(): Promise<void> {
  await pool?.destroy();
  pool = undefined;
}

/** Names that are not UTF-8 go, with their states, to `unreadable`. */
async function listFiles(
  folder: string,
  below: string,
  unreadable: Map<string, PresentFile>,
  leaveOut: ReadonlySet<string>,
): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of await openAsBytes(join(folder, below))) {
    const name = entry.name.toString('utf8');
    const path = below === '' ? name : `${below}/${name}`;
    if (leaveOut.has(path)) continue;
    if (!Buffer.from(name).equals(entry.name)) unreadable.set(...unreadableState(folder, below, entry.name));
    else if (entry.isDirectory()) found.push(...(await listFiles(folder, path, unreadable, leaveOut)));
    else found.push(path);
  }
  return found;
}

/** The types of Node know the names of an opened folder as text alone. */
function openAsBytes(folder: string): Promise<AsyncIterable<{ name: Buffer; isDirectory(): boolean }>> {
  return opendir(folder, { encoding: 'buffer' as BufferEncoding }) as never;
}

const unreadableMark = '\0';

/** Whether a path stands for a name that is not UTF-8, which no effect can hold. */
export function isUnreadableName(path: string): boolean {
  return path.startsWith(unreadableMark);
}

/** Such a name as people may read it. */
export function nameIn(path: string): string {
  return path.slice(unreadableMark.length);
}

/** Enough to see whether it is still the same: nothing reads what is in it. */
function unreadableState(folder: string, below: string, name: Buffer): [string, PresentFile] {
  const { size, mode, mtimeMs, ino } = lstatSync(Buffer.concat([Buffer.from(`${join(folder, below)}/`), name]));
  const path = join(below, name.toString('latin1'));
  return [`${unreadableMark}${path}`, { type: 'file', mode: '000', size, digest: `${mode} ${mtimeMs} ${ino}` }];
}
