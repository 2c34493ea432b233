// Changed tables that answer for a share of the tasks before they are promoted: the file `decisions.canary-10.dmn` beside
// `decisions.dmn` answers for ten in a hundred. Which ones is told by their ids, so that a task keeps to one version.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fault } from '../../contracts/errors.ts';

export interface Canary {
  readonly file: string;
  /** 0 to 100. */
  readonly percent: number;
}

/** The canary beside the last of `files` that has one, or null. Throws TABLE_INVALID where one has two. */
export function findCanary(files: readonly string[]): Canary | null {
  return files.map(canaryOf).findLast((canary) => canary !== null) ?? null;
}

function canaryOf(file: string): Canary | null {
  const folder = dirname(file);
  if (!existsSync(folder)) return null;
  const stem = basename(file, '.dmn');
  const found = readdirSync(folder).filter((name) => name.startsWith(`${stem}.canary-`) && name.endsWith('.dmn'));
  const [name, second] = found.sort();
  if (name === undefined) return null;
  const path = join(folder, name);
  if (second !== undefined) throw fault('TABLE_INVALID', { file: path, detail: `${second} is a canary beside it` });
  const percent = Number(name.slice(`${stem}.canary-`.length, -'.dmn'.length));
  if (!Number.isInteger(percent) || percent < 0 || percent > 100)
    throw fault('TABLE_INVALID', { file: path, detail: 'its name has to say a percentage, such as canary-10' });
  return { file: path, percent };
}

/** The name of a canary of `file`. */
export function canaryName(file: string, percent: number): string {
  return join(dirname(file), `${basename(file, '.dmn')}.canary-${percent}.dmn`);
}

/** 0 to 99, the same for the same task. */
export function bucketOf(task: string): number {
  return createHash('sha256').update(task).digest().readUInt32BE(0) % 100;
}
