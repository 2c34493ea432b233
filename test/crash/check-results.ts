// Whether every line has exactly one result, and the one that it may have.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultLine } from '../../contracts/generated/result.v1.ts';
import type { Findings } from './findings.ts';
import type { Submitted } from './load.ts';
import type { Outcomes } from './outcomes.ts';

/** Checks all lines, when nothing is open any more. */
export function checkResults(
  folder: string,
  submitted: readonly Submitted[],
  { byLine }: Outcomes,
  findings: Findings,
): void {
  const results = readResults(folder);
  for (const { file, line, may } of submitted) {
    const key = `${file}:${line}`;
    const found = results.get(key) ?? [];
    const own = byLine.get(key);
    const [result] = found;
    if (result === undefined) {
      findings.lost.add(`${key} has no results line`);
      continue;
    }
    if (found.length > 1)
      findings.duplicated.add(`${key} has the results lines ${found.map(({ status, entry }) => `${status} ${entry}`)}`);
    if (!may.includes(result.status as never))
      findings.lost.add(`${key} is ${result.status} ${result.code ?? ''} ${result.message ?? ''}, not ${may}`);
    if (result.duplicateOf !== undefined) {
      if (own) findings.duplicated.add(`${key} has another line's result, and the outcome ${own.seq}`);
    } else if (own === undefined) findings.lost.add(`${key} has no outcome`);
    else if (own.seq !== result.entry || own.outcome !== result.status)
      findings.lost.add(
        `${key}: its result is ${result.status} ${result.entry}, its outcome ${own.outcome} ${own.seq}`,
      );
  }
}

/** Results by `<file>:<line>`; what only says that a line waits is left out. */
function readResults(folder: string): Map<string, ResultLine[]> {
  const results = new Map<string, ResultLine[]>();
  for (const name of readdirSync(folder)) {
    const file = /^[0-9a-f-]{36}\.(.*)\.results\.jsonl$/.exec(name)?.[1];
    if (file === undefined) continue;
    for (const text of readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean)) {
      const result: ResultLine = JSON.parse(text);
      if (result.status === 'waiting') continue;
      const key = `${file}:${result.line}`;
      results.set(key, [...(results.get(key) ?? []), result]);
    }
  }
  return results;
}
