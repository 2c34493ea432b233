// One task run again and again, in other homes, under another locale and time zone, and on another Node where one is
// given: its entries have to have one body.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openReader } from '../../ledger/reader.ts';
import { type TemporaryHome, temporaryHome } from '../temporary-home.ts';
import type { FaultRow } from './row.ts';

interface Surroundings {
  readonly node: string;
  readonly env: Readonly<Record<string, string>>;
}

const elsewhere = { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' };
const text = '{"title":"İstanbul","n":1.50,"at":"2026-01-01"}\n{"list":[3,1,2]}\n';

/** Runs the task `count` times in all, on this Node and on those at `nodes`. */
export async function reruns(count: number, nodes: readonly string[]): Promise<FaultRow> {
  const all: Surroundings[] = [process.execPath, ...nodes].flatMap((node) => [
    { node, env: {} },
    { node, env: elsewhere },
  ]);
  const each = Math.ceil(count / all.length);
  const hashes: string[] = [];
  for (const surroundings of all) hashes.push(...(await bodies(each, surroundings)));
  const commonest = Math.max(...Object.values(Object.groupBy(hashes, (hash) => hash)).map((some) => some?.length ?? 0));
  return {
    fault: `the same task again: ${1 + nodes.length} Node, 2 locales and time zones`,
    tried: hashes.length,
    lost: each * all.length - hashes.length,
    undetected: hashes.length - commonest,
  };
}

/** Digests of the bodies that `times` runs of the task gave in one home. */
async function bodies(times: number, { node, env }: Surroundings): Promise<string[]> {
  const at = temporaryHome();
  try {
    const task = { tool: 'jsonl-parser', input: { text } };
    at.drop(
      'many.jsonl',
      Array.from({ length: times }, (_, index) => ({ id: `run-${index}`, ...task })),
    );
    await promisify(execFile)(node, [at.bin, 'start', '--once', '--home', at.home.path], {
      env: { ...process.env, ...env },
    });
    return outcomes(at);
  } finally {
    at.remove();
  }
}

function outcomes(at: TemporaryHome): string[] {
  const reader = openReader(at.home.ledger);
  try {
    return reader
      .latest(100_000, 'task')
      .filter(({ body }) => body.kind === 'task' && body.outcome === 'done')
      .map(({ bodyHash }) => bodyHash);
  } finally {
    reader.close();
  }
}
