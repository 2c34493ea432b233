import type { ToolContext } from '../../../../pdk/define-plugin.ts';
import { runGit } from './run-git.ts';

interface StatusInput {
  readonly untracked?: 'files' | 'folders' | 'none';
}

interface StatusEntry {
  readonly path: string;
  readonly change: string;
  readonly staged: boolean;
  readonly renamedFrom?: string;
}

const untrackedMode = { files: 'all', folders: 'normal', none: 'no' };

const changes: Record<string, string> = {
  A: 'added',
  C: 'copied',
  D: 'deleted',
  M: 'modified',
  R: 'renamed',
  T: 'type-changed',
};

export async function gitStatus(input: StatusInput, context: ToolContext) {
  const untracked = `--untracked-files=${untrackedMode[input.untracked ?? 'files']}`;
  const format = ['--porcelain=v2', '-z', '--branch', '--ahead-behind'];
  const { stdout } = await runGit(context, ['status', ...format, '--find-renames', untracked]);
  return parseStatus(stdout.toString());
}

/** Reads `git status --porcelain=v2 -z --branch`: fields end in NUL, so that a file name may hold anything else. */
function parseStatus(text: string) {
  let branch: string | null = null;
  let head: string | null = null;
  let [ahead, behind] = [0, 0];
  const entries: StatusEntry[] = [];

  const fields = text.split('\0')[Symbol.iterator]();
  for (const field of fields) {
    const [kind = '', ...words] = field.split(' ');
    const rest = (from: number) => words.slice(from).join(' ');
    if (kind === '#' && words[0] === 'branch.oid') head = words[1] === '(initial)' ? null : rest(1);
    else if (kind === '#' && words[0] === 'branch.head') branch = words[1] === '(detached)' ? null : rest(1);
    else if (kind === '#' && words[0] === 'branch.ab')
      [ahead, behind] = words.slice(1).map(distance) as [number, number];
    else if (kind === '1') entries.push(...sides(words[0] as string, rest(7)));
    else if (kind === '2') entries.push(...sides(words[0] as string, rest(8), fields.next().value));
    else if (kind === 'u') entries.push({ path: rest(9), change: 'conflicted', staged: false });
    else if (kind === '?') entries.push({ path: rest(0), change: 'untracked', staged: false });
  }

  entries.sort(byPath);
  return { branch, head, ahead, behind, clean: entries.length === 0, entries };
}

/** One entry for the index and one for the working tree, as far as the file changed there. */
function sides(xy: string, path: string, renamedFrom?: string): StatusEntry[] {
  return [...xy].flatMap((letter, side) => {
    const change = changes[letter];
    if (!change) return [];
    const moved = (letter === 'R' || letter === 'C') && renamedFrom !== undefined;
    return [{ path, change, staged: side === 0, ...(moved ? { renamedFrom } : {}) }];
  });
}

/** `+2` and `-1` are two ahead and one behind. */
function distance(signed: string): number {
  return Math.abs(Number(signed));
}

function byPath(left: StatusEntry, right: StatusEntry): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return Number(right.staged) - Number(left.staged);
}
