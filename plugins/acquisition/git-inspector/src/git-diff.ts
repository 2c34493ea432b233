import type { ToolContext } from '../../../../pdk/define-plugin.ts';
import { headCommit, resolveCommit } from './resolve-commit.ts';
import { runGit } from './run-git.ts';

interface DiffInput {
  readonly from?: string;
  readonly to?: string;
  readonly paths?: string[];
  readonly contextLines?: number;
  readonly maxBytes?: number;
}

const defaultContextLines = 3;
const defaultMaxBytes = 256 * 1024;

/** The repository may configure another look for its diffs; readers of a patch count on this one. */
const look = [
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-renames',
  '--no-relative',
  '--full-index',
  '--submodule=short',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

export async function gitDiff(input: DiffInput, context: ToolContext) {
  const range = [input.from === undefined ? await base(context) : await resolveCommit(context, input.from)];
  if (input.to !== undefined) range.push(await resolveCommit(context, input.to));
  const of = [...look, '--end-of-options', ...range, '--', ...(input.paths ?? [])];

  const numbers = await runGit(context, ['diff', '--numstat', '-z', ...of]);
  const unified = `--unified=${input.contextLines ?? defaultContextLines}`;
  const maxBytes = input.maxBytes ?? defaultMaxBytes;
  const patch = await runGit(context, ['diff', '--patch', unified, ...of], { maxBytes });
  return {
    files: parseNumbers(numbers.stdout.toString()),
    patch: patch.cut ? wholeLines(patch.stdout) : patch.stdout.toString(),
    truncated: patch.cut,
  };
}

/** HEAD, or before the first commit the empty tree, so that everything staged counts as new. */
async function base(context: ToolContext): Promise<string> {
  const head = await headCommit(context);
  if (head !== null) return head;
  const { stdout } = await runGit(context, ['hash-object', '-t', 'tree', '/dev/null']);
  return stdout.toString().trim();
}

/** Reads `git diff --numstat -z`: added, removed and path, where `-` stands for the lines of a binary file. */
function parseNumbers(text: string) {
  return text
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => {
      const [added, removed, ...path] = record.split('\t');
      return { path: path.join('\t'), added: lines(added as string), removed: lines(removed as string) };
    })
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

function lines(count: string): number | null {
  return count === '-' ? null : Number(count);
}

function wholeLines(patch: Buffer): string {
  return patch.subarray(0, patch.lastIndexOf('\n') + 1).toString();
}
