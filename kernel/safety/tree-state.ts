// The state of a folder: every file and link with mode, size and digest. Reading many files would hold up the event
// loop, so worker threads do it.
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

/** Reads the state of `folder`, leaving out what lies below a folder called `.git` at its top. */
export async function treeState(folder: string): Promise<TreeState> {
  const paths = await listFiles(folder, '').catch((error: NodeJS.ErrnoException) => {
    throw fault('EFFECT_UNSAFE', {
      path: error.path?.slice(folder.length + 1, folder.length + 200) || '.',
      detail: `it cannot be read: ${error.code}`,
    });
  });
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
  const states = new Map<string, PresentFile>();
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

async function listFiles(folder: string, below: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of await opendir(join(folder, below))) {
    if (below === '' && entry.name === '.git') continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await listFiles(folder, path)));
    else found.push(path);
  }
  return found;
}
