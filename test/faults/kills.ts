// The writer's process is killed at a system call of its own: before a write, before a sync, before a checkpoint is moved
// into place, before an acknowledgement is printed. The next process appends from where nothing was acknowledged, with
// the same ids, as the kernel would.
import Database from 'better-sqlite3';
import { publishedNotes } from '../../ledger/published.ts';
import { verifyLedger } from '../../ledger/verify.ts';
import { newChance } from './chance.ts';
import type { FaultRow } from './row.ts';
import { faultPlace, type Work, write } from './traced.ts';

/** Named points, by the system call that they come before, and how often that happens in one run at least. */
const points = [
  { name: 'before a write', call: 'pwrite64', times: 300 },
  { name: 'before a sync', call: 'fsync', times: 45 },
  { name: 'before a checkpoint is moved', call: 'rename', times: 2 },
  { name: 'before an acknowledgement', call: 'write', times: 60 },
];
const [sideBySide, entries] = [2, 90];

export async function kills(times: number, seed: number): Promise<FaultRow[]> {
  const rows = new Map(
    points.map(({ name }) => [name, { fault: `kill -9 ${name}`, tried: 0, lost: 0, undetected: 0, duplicated: 0 }]),
  );
  let left = times;
  const campaign = async (lane: number) => {
    const place = faultPlace();
    const chance = newChance(seed + lane);
    const acknowledged = new Map<string, number>();
    let first = 1;
    try {
      await write(place, { first: 0, count: 1, group: 1, mode: 'thread' });
      while (left-- > 0) {
        const point = points[chance.below(points.length)] as (typeof points)[number];
        const when = 1 + chance.below(point.times);
        const inject = [
          'strace',
          '-f',
          '-o',
          '/dev/null',
          '-e',
          `trace=${point.call}`,
          '-e',
          `inject=${point.call}:signal=SIGKILL:when=${when}`,
        ];
        const mode = chance.below(2) === 0 ? 'thread' : 'FULL';
        const { acknowledged: some } = await write(
          place,
          { first, count: entries, group: 1 + chance.below(8), mode },
          inject,
        );
        const row = rows.get(point.name) as FaultRow & {
          tried: number;
          lost: number;
          undetected: number;
          duplicated: number;
        };
        // Where it wrote to the end, the point was not reached.
        if (some.size === entries) left += 1;
        else row.tried += 1;
        for (const [id, seq] of some) {
          const before = acknowledged.get(id);
          if (before !== undefined && before !== seq) row.duplicated += 1;
          acknowledged.set(id, seq);
          first = Math.max(first, Number(id.slice('entry-'.length)) + 1);
        }
        const lost = missing(place.ledger, acknowledged);
        row.lost += lost.lost;
        row.duplicated += lost.duplicated;
        const { code } = verifyLedger(place.ledger, { notes: publishedNotes(place.ledger, undefined) });
        if (lost.lost > 0 && code !== 1 && code !== 2) row.undetected += 1;
        if (code !== 0 && code !== 3) row.lost += 1;
      }
      if (acknowledged.size === 0) throw new Error('nothing was acknowledged');
    } finally {
      place.remove();
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, (_, lane) => campaign(lane)));
  return [...rows.values()];
}

/** The same while the ledger is made: the next process makes it, or goes on with what is there. */
export async function killsAtBirth(times: number, seed: number): Promise<FaultRow> {
  const chance = newChance(seed);
  const row = { fault: 'kill -9 while a ledger is made', tried: 0, lost: 0, undetected: 0, duplicated: 0 };
  while (row.tried < times) {
    const place = faultPlace();
    const call = ['pwrite64', 'fsync', 'rename'][row.tried % 3] as string;
    const when = 1 + chance.below({ pwrite64: 40, fsync: 9, rename: 3 }[call] as number);
    const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${when}`];
    const work: Work = { first: 0, count: 3, group: 1, mode: 'thread' };
    const before = await write(place, work, ['strace', '-f', '-o', '/dev/null', ...inject]);
    const { acknowledged } = await write(place, work);
    const { code } = verifyLedger(place.ledger, { notes: publishedNotes(place.ledger, undefined) });
    const same = [...before.acknowledged].every(([id, seq]) => acknowledged.get(id) === seq);
    row.tried += 1;
    if (acknowledged.size !== 3 || !same || (code !== 0 && code !== 3)) row.lost += 1;
    place.remove();
  }
  return row;
}

function missing(ledger: string, acknowledged: ReadonlyMap<string, number>): { lost: number; duplicated: number } {
  let found: [string, number][];
  try {
    const store = new Database(ledger, { readonly: true });
    found = store.prepare('SELECT id, seq FROM entry').raw().all() as [string, number][];
    store.close();
  } catch {
    // Killed before there was a ledger.
    found = [];
  }
  const seqs = new Map(found);
  const lost = [...acknowledged].filter(([id, seq]) => seqs.get(id) !== seq).length;
  return { lost, duplicated: found.length - seqs.size };
}
