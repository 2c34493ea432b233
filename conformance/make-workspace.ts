import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unmet } from './run/case.ts';

/** Path → content. */
export type Files = Record<string, string>;

export interface Commit {
  readonly subject: string;
  readonly files: Files;
}

const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgSign=false'];

/**
 * Makes a folder of its own that holds `files`. With `commits` it is a git repository in which these were made first;
 * author and dates are fixed, so that the ids are the same on every machine.
 */
export function makeWorkspace(files: Files, commits?: Commit[], place: string = tmpdir()): string {
  const folder = mkdtempSync(join(place, 'golden-'));
  if (commits) git(folder, 0, ['init', '--quiet', '-b', 'main']);
  for (const [minute, commit] of (commits ?? []).entries()) {
    writeFiles(folder, commit.files);
    git(folder, minute, ['add', '--all']);
    git(folder, minute, ['commit', '--quiet', '--allow-empty', '-m', commit.subject]);
  }
  writeFiles(folder, files);
  return folder;
}

/** The names are somebody's: none may lead out, or into what git would obey. */
function writeFiles(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const parts = path.split('/');
    if (parts.some((part) => part === '..' || part.toLowerCase() === '.git') || path.startsWith('/'))
      throw unmet('files below the workspace, and none in .git', path, 'look at what the workspace is made of');
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function git(folder: string, minute: number, args: string[]): void {
  const date = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  };
  execFileSync('git', [...identity, ...args], { cwd: folder, env });
}
