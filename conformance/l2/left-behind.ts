// What the workspace of a scenario holds after its tool ran. Of a repository that is the branch with the result, if there is one:
// a checkout is never changed.
import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Files } from '../make-workspace.ts';
import type { World } from './world.ts';

/** As much as own steps are shown of it, files and characters: it has to fit into a line. */
const [mostFiles, mostCharacters] = [1_000, 500_000];

/** The text of a file; null where there is none. A link that leads out is none. */
export function fileIn({ workspace, result }: World, path: string): string | null {
  if (workspace === null) return null;
  const branch = branchOf(result);
  const committed = git(workspace, ['cat-file', 'blob', `${branch}:${path}`]);
  if (committed !== null || git(workspace, ['rev-parse', '--verify', '--quiet', branch]) !== null) return committed;
  try {
    const real = realpathSync(join(workspace, path));
    return real.startsWith(`${workspace}${sep}`) && lstatSync(real).isFile() ? readFileSync(real, 'utf8') : null;
  } catch {
    return null;
  }
}

/** All of its files; null where that is more than own steps can be shown. */
export function filesIn(world: World): Files | null {
  const { workspace, result } = world;
  if (workspace === null) return {};
  const committed = git(workspace, ['ls-tree', '-r', '-z', '--name-only', branchOf(result)]);
  const paths = committed?.split('\0').filter(Boolean) ?? pathsBelow(workspace);
  if (paths.length > mostFiles) return null;
  const files = paths.sort().map((path) => [path, fileIn(world, path)] as const);
  const there = files.filter((file): file is readonly [string, string] => file[1] !== null);
  const characters = there.reduce((sum, [, content]) => sum + content.length, 0);
  return characters > mostCharacters ? null : Object.fromEntries(there);
}

/** Where the kernel leaves what a task changed in a repository. */
function branchOf(result: World['result']): string {
  return `arbiter/${result?.id}`;
}

function pathsBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  return paths.filter((path) => path.split(sep)[0] !== '.git');
}

/** Null where git says no, as it does where there is no repository. */
function git(folder: string, args: readonly string[]): string | null {
  // Not one above: a repository of the workspace's own, or none.
  const env = {
    PATH: process.env.PATH,
    GIT_CEILING_DIRECTORIES: join(folder, '..'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const { status, stdout } = spawnSync('git', args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return status === 0 ? stdout : null;
}
