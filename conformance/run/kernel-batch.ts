// Tasks for the plugin, run by a kernel of their own in the real sandbox: the plugin is never run anywhere else.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { ResultLine } from '../../contracts/generated/result.v1.ts';
import { type Files, makeWorkspace } from '../make-workspace.ts';
import { makeHome } from './make-home.ts';
import type { Golden, Subject } from './subject.ts';

export interface BatchOptions {
  /** Besides what a kernel needs. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

type Line = Readonly<Record<string, unknown>>;

const bin = fileURLToPath(new URL('../../cli/bin.js', import.meta.url));
/** No circuit opens, whatever the plugin does: each task has to be answered for itself. */
const patience = 100_000;

/** Runs `lines` to their end; gives a result for each, in their order. Throws where the kernel did not take the plugin. */
export async function runBatch(
  subject: Subject,
  lines: readonly Line[],
  options: BatchOptions = {},
): Promise<ResultLine[]> {
  if (lines.length === 0) return [];
  const { place, spec, folder, isolation } = subject;
  const work = join(place, 'work');
  mkdirSync(work, { recursive: true });
  const home = makeHome(subject, { workspaces: [work], queue: { restMs: 20 }, breaker: { failures: patience } });
  const root = dirname(home.path);
  // Not what lies beside it: a plugin's own node_modules may be large.
  for (const file of ['plugin.spec.json', 'manifest.json', 'ledger_contract.json', spec.entry.file])
    cpSync(join(folder, file), join(home.plugins, spec.id, file));
  const tasks = lines.map((line) => `${JSON.stringify({ retry: { maxAttempts: 1 }, ...line })}\n`);
  writeFileSync(join(home.inbox, 'batch.jsonl'), tasks.join(''));

  const { all } = await execa(
    process.execPath,
    [bin, 'start', '--once', '--isolation', isolation, '--home', home.path],
    {
      env: { ...options.env, XDG_STATE_HOME: join(root, 'state') },
      cwd: options.cwd ?? root,
      reject: false,
      stdin: 'ignore',
      all: true,
    },
  );
  const file = readdirSync(home.done).find((name) => name.endsWith('.results.jsonl'));
  const results: ResultLine[] = file
    ? readFileSync(join(home.done, file), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  if (results.length !== lines.length)
    throw new Error(
      `expected: a result for each of ${lines.length} tasks\ncame: ${results.length}\nthe kernel said: ${all}`,
    );
  return results.sort((left, right) => left.line - right.line);
}

/** A workspace that the kernel of a batch grants, removed with the place. */
export function workspaceFor({ place }: Subject, files: Files, commits?: Golden['commits']): string {
  mkdirSync(join(place, 'work'), { recursive: true });
  return makeWorkspace(files, commits, join(place, 'work'));
}

/** The task that asks what a golden fixture asks, on a workspace of its own. */
export function lineOf(subject: Subject, { tool, input, workspace, commits }: Golden): Line {
  return { tool, input, ...(workspace && { workspace: workspaceFor(subject, workspace, commits) }) };
}
