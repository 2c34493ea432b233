// Which of the plugins that a command names have changed since a commit: the options that commands share, for a CI that looks at
// what a branch brings.
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { fault } from '../contracts/errors.ts';
import { git } from '../kernel/safety/git.ts';

export interface ChangeOptions {
  readonly changedSince?: string;
  readonly shared?: readonly string[];
}

export function addChangeOptions(command: Command): Command {
  return command
    .option('--changed-since <ref>', 'only plugins that changed since the commit where HEAD left this one')
    .option('--shared <path...>', 'with --changed-since: all plugins where one of these files or folders changed');
}

/**
 * Those of `folders` that the options let through: all without `changedSince`. What is not committed yet counts as changed, if
 * git knows the file. Throws CHANGES_UNKNOWN.
 */
export async function changedPlugins(
  folders: readonly string[],
  { changedSince, shared = [] }: ChangeOptions,
): Promise<string[]> {
  if (changedSince === undefined) return [...folders];
  const changed = await changedFiles(changedSince);
  const isBelow = (folder: string) => (file: string) => {
    const path = relative(resolve(folder), file);
    return path !== '..' && !path.startsWith('../');
  };
  if (shared.some((path) => changed.some(isBelow(path)))) return [...folders];
  return folders.filter((folder) => changed.some(isBelow(folder)));
}

/** Absolute paths, those of deleted files too. */
async function changedFiles(since: string): Promise<string[]> {
  try {
    const [root, base] = [
      await git('.', ['rev-parse', '--show-toplevel']),
      await git('.', ['merge-base', '--end-of-options', since, 'HEAD']),
    ];
    const names = await git(root, ['diff', '--name-only', '--no-renames', '-z', base]);
    return names.split('\0').flatMap((name) => (name === '' ? [] : join(root, name)));
  } catch (error) {
    throw fault('CHANGES_UNKNOWN', { since, detail: (error as Error).message });
  }
}
