// Whether effects were applied exactly once or not at all, told from folders and repositories.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Findings } from './findings.ts';
import type { Submitted } from './load.ts';

/** A change of a folder or branch, and whether its task is done. */
export interface Change {
  readonly line: Submitted;
  readonly done: boolean;
}

/**
 * Checks a folder. While tasks are `open`, an effect may stand before its outcome; never the other way round, never
 * twice, never in part.
 */
export function checkFolder(folder: string, changes: readonly Change[], open: boolean, findings: Findings): void {
  const counted = readFileSync(join(folder, 'counter.log'), 'utf8').split('\n').filter(Boolean);
  const expected = new Map<string, string | null>();
  for (const { line, done } of changes) {
    const id = line.id as string;
    const times = counted.filter((one) => one === id).length;
    if (times > 1) findings.duplicated.add(`${id} was counted ${times} times in ${folder}`);
    if (times === 1 && !done && !open) findings.duplicated.add(`${id} is not done, and was counted in ${folder}`);
    if (times === 0 && done && line.effect?.counts)
      findings.lost.add(`${id} is done, and was not counted in ${folder}`);
    for (const [path, content] of Object.entries(line.effect?.files ?? {})) {
      // What is taken away was made by somebody else.
      if (content === null ? done : done || !expected.has(path)) expected.set(path, done ? content : null);
    }
  }
  for (const [path, content] of expected) checkFile(folder, path, content, changes, open, findings);
  checkNames(folder, expected, findings, open);
}

function checkFile(
  folder: string,
  path: string,
  content: string | null,
  changes: readonly Change[],
  open: boolean,
  findings: Findings,
): void {
  const found = existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : null;
  if (found === content) return;
  const possible = changes.flatMap(({ line }) => {
    const wanted = line.effect?.files[path];
    return wanted === undefined ? [] : [wanted];
  });
  if (open && possible.includes(found)) return;
  if (found === null) findings.lost.add(`${path} is missing in ${folder}`);
  else if (possible.includes(found)) findings.duplicated.add(`${path} stands in ${folder}, and must not`);
  else findings.lost.add(`${path} is not whole in ${folder}`);
}

function checkNames(folder: string, expected: ReadonlyMap<string, unknown>, findings: Findings, open: boolean): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (path === 'counter.log' || expected.has(path)) continue;
    if (!path.includes('.arbiter-')) findings.duplicated.add(`${path} stands in ${folder}, and nobody may write it`);
    else if (!open) findings.leftovers.add(join(folder, path));
  }
}

/** Checks all branches of a repository, when nothing is open any more. */
export async function checkRepository(path: string, changes: readonly Change[], findings: Findings): Promise<void> {
  const git = async (args: string[], input = '') => (await execa('git', args, { cwd: path, input })).stdout;
  const fsck = await execa('git', ['fsck', '--strict', '--no-dangling'], { cwd: path, reject: false });
  if (fsck.exitCode !== 0) findings.lost.add(`git fsck of ${path}: ${fsck.stderr || fsck.stdout}`);

  const commits = new Map<string, { readonly parent: string; readonly subject: string }>();
  for (const line of (await git(['log', '--all', '--format=%H %P %s'])).split('\n')) {
    const [id = '', ...rest] = line.split(' ');
    const parent = /^[0-9a-f]{40}$/.test(rest[0] ?? '') ? (rest.shift() as string) : '';
    commits.set(id, { parent, subject: rest.join(' ') });
  }
  const base = await git(['rev-parse', 'main']);
  const found = new Map<string, string[]>();
  const refs = await git(['for-each-ref', 'refs/heads', '--format=%(refname:lstrip=2) %(objectname)']);
  for (const [branch = '', head = ''] of refs.split('\n').map((line) => line.split(' '))) {
    const subjects: string[] = [];
    for (let at = head; at !== base && at !== ''; at = commits.get(at)?.parent ?? '')
      subjects.push(commits.get(at)?.subject ?? '');
    if (branch !== 'main') found.set(branch, subjects);
  }

  const asked: { readonly name: string; readonly blob: string; readonly id: string }[] = [];
  for (const { line, done } of changes) {
    const { branch, files } = line.effect as { branch: string; files: Record<string, string> };
    const id = line.id as string;
    const times = found.get(branch)?.filter((subject) => subject === id).length ?? 0;
    if (times > 1) findings.duplicated.add(`${id} was committed ${times} times on ${branch} of ${path}`);
    if (times > 0 && !done) findings.duplicated.add(`${id} is not done, and was committed on ${branch} of ${path}`);
    if (times === 0 && done) findings.lost.add(`${id} is done, and was not committed on ${branch} of ${path}`);
    if (times > 0)
      for (const [name, content] of Object.entries(files))
        asked.push({ name: `${branch}:${name}`, blob: blobOf(content), id });
  }
  const known = new Set(changes.map(({ line }) => `${line.effect?.branch} ${line.id}`));
  for (const [branch, subjects] of found)
    for (const subject of subjects)
      if (!known.has(`${branch} ${subject}`)) findings.duplicated.add(`${branch} of ${path} has the commit ${subject}`);

  const answers = (await git(['cat-file', '--batch-check'], asked.map(({ name }) => `${name}\n`).join(''))).split('\n');
  for (const [index, { name, blob, id }] of asked.entries())
    if (!answers[index]?.startsWith(blob)) findings.lost.add(`${id}: ${name} of ${path} is not what it wrote`);
}

function blobOf(content: string): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
