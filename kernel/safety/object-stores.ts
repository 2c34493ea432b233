// Where the objects of a repository lie: in its own store, and in those that it borrows from (objects/info/alternates).
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { git } from './git.ts';

/** As deep as git itself goes. */
const mostBorrowed = 5;

const known = new Map<string, string>();

/** The repository's own store; git is asked once, as long as it is there. */
export async function objectsOf(repository: string): Promise<string> {
  const before = known.get(repository);
  if (before !== undefined && existsSync(before)) return before;
  const store = await git(repository, ['rev-parse', '--path-format=absolute', '--git-path', 'objects']);
  known.set(repository, store);
  return store;
}

/** `store` and those that it borrows from, nearest first; without those that are gone. */
export function borrowedFrom(store: string, depth = 0): string[] {
  const list = join(store, 'info', 'alternates');
  if (depth === mostBorrowed || !existsSync(list)) return [store];
  const others = readFileSync(list, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (isAbsolute(line) ? line : resolve(store, line)))
    .filter((path) => existsSync(path));
  return [...new Set([store, ...others.flatMap((other) => borrowedFrom(other, depth + 1))])];
}
