import type { ToolContext } from '../../../../pdk/define-plugin.ts';
import { headCommit, resolveCommit } from './resolve-commit.ts';
import { runGit } from './run-git.ts';

interface LogInput {
  readonly ref?: string;
  readonly limit?: number;
  readonly path?: string;
}

const defaultLimit = 20;

/** Id, parents, author, email, author's time in seconds, subject. */
const fields = ['%H', '%P', '%an', '%ae', '%at', '%s'];

export async function gitLog(input: LogInput, context: ToolContext) {
  const start = input.ref === undefined ? await headCommit(context) : await resolveCommit(context, input.ref);
  if (start === null) return { commits: [] };

  const format = ['-z', `--format=${fields.join('%x00')}`, '--encoding=UTF-8', '--no-color', '--no-follow'];
  const limit = `--max-count=${input.limit ?? defaultLimit}`;
  const path = input.path === undefined ? [] : [input.path];
  const { stdout } = await runGit(context, ['log', ...format, limit, '--end-of-options', start, '--', ...path]);
  return { commits: parseLog(stdout.toString()) };
}

/** Every field ends in NUL, which no part of a commit can hold. */
function parseLog(text: string) {
  const words = text.split('\0');
  const commits = [];
  for (let at = 0; at + fields.length <= words.length - 1; at += fields.length) {
    const [id, parents, author, email, seconds, subject] = words.slice(at, at + fields.length) as string[];
    commits.push({
      id,
      parents: parents === '' ? [] : (parents as string).split(' '),
      author,
      email,
      date: dateOf(Number(seconds)),
      subject,
    });
  }
  return commits;
}

/** RFC 3339. A commit can claim a time that no calendar has; like git, we take such a one for the beginning of time. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 ? new Date(0) : date).toISOString();
}
