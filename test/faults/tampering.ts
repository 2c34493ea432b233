// What happens to a ledger between two runs: files lost, cut, put back, changed past the guards, opened twice, a clock
// that is wrong. Each has one outcome: it is refused with a reason, or nothing is lost.
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { publishedNotes } from '../../ledger/published.ts';
import { verifyLedger } from '../../ledger/verify.ts';
import { newChance } from './chance.ts';
import type { FaultRow } from './row.ts';
import { type FaultPlace, faultPlace, type Work, type Written, write } from './traced.ts';

interface Tampering {
  readonly fault: string;
  readonly do: (place: FaultPlace, draw: (limit: number) => number) => Promise<void> | void;
  /** What the next writer says; undefined when it goes on. */
  readonly refusal?: RegExp;
  /** What `ledger verify` gives before that. */
  readonly code: readonly number[];
}

const more: Work = { first: 650, count: 3, group: 1, mode: 'thread' };
const sql = (place: FaultPlace, statements: string) => {
  const store = new Database(place.ledger);
  store.exec(statements);
  store.close();
};
const guarded = (place: FaultPlace, statement: string) => {
  const store = new Database(place.ledger);
  let refused = false;
  try {
    store.exec(statement);
  } catch {
    refused = true;
  }
  store.close();
  if (!refused) throw new Error(`went through: ${statement}`);
};
const drop = (place: FaultPlace, ...suffixes: string[]) => {
  for (const suffix of suffixes) rmSync(place.ledger + suffix, { force: true });
};

const tamperings: readonly Tampering[] = [
  {
    fault: 'copied without its write-ahead log',
    do: (place) => drop(place, '-wal', '-shm'),
    refusal: /notes \d+ entries, and the ledger ends at/,
    code: [2],
  },
  {
    fault: 'write-ahead log cut',
    do: (place, draw) => {
      drop(place, '-shm');
      truncateSync(`${place.ledger}-wal`, draw(statSync(`${place.ledger}-wal`).size / 2));
    },
    refusal: /notes \d+ entries, and the ledger ends at/,
    code: [2],
  },
  {
    fault: 'old backup restored',
    async do(place) {
      const copy = join(place.folder, 'backup.db');
      const store = new Database(place.ledger);
      await store.backup(copy);
      store.close();
      await write(place, more);
      drop(place, '-wal', '-shm');
      copyFileSync(copy, place.ledger);
    },
    refusal: /notes \d+ entries, and the ledger ends at/,
    code: [2],
  },
  {
    fault: 'ledger gone',
    do: (place) => drop(place, '', '-wal', '-shm'),
    refusal: /it is gone, and .*ledger\.key/,
    code: [1],
  },
  {
    fault: 'ledger emptied',
    do: (place) => {
      drop(place, '-wal', '-shm');
      truncateSync(place.ledger);
    },
    refusal: /it is empty, and .*ledger\.key/,
    code: [1],
  },
  {
    fault: 'key lost',
    do: (place) => rmSync(join(dirname(place.ledger), 'ledger.key')),
    refusal: /its key .* is lost/,
    code: [3],
  },
  {
    fault: 'checkpoint beside it forged',
    do: (place) => {
      const path = join(dirname(place.ledger), 'checkpoint');
      writeFileSync(path, readFileSync(path, 'utf8').replace(/\n\d+\n/, '\n1\n'));
    },
    refusal: /is not signed by its key/,
    code: [1],
  },
  {
    fault: 'trigger dropped',
    do: (place) => sql(place, 'DROP TRIGGER entry_keep'),
    refusal: /its trigger entry_keep is missing/,
    code: [1],
  },
  {
    fault: 'INSERT OR REPLACE',
    do: (place) => guarded(place, `INSERT OR REPLACE INTO payload VALUES (3, '{}', '{}')`),
    code: [3],
  },
  {
    fault: 'INSERT OR REPLACE of an id',
    do: (place) =>
      guarded(
        place,
        `INSERT OR REPLACE INTO entry SELECT 9999, id, task_key, kind, body_hash, env_hash, leaf_hash FROM entry WHERE seq = 3`,
      ),
    code: [3],
  },
  {
    fault: 'an entry changed past the guards, which are put back',
    do: (place) => {
      const store = new Database(place.ledger);
      const guard = store.prepare(`SELECT sql FROM sqlite_schema WHERE name = 'entry_fixed'`).pluck().get() as string;
      store.exec(`DROP TRIGGER entry_fixed; UPDATE entry SET task_key = 'other' WHERE seq = 3; ${guard}`);
      store.close();
    },
    // Found by whoever verifies; a writer does not read every entry again.
    code: [1],
  },
];

export async function tampering(times: number, seed: number): Promise<FaultRow[]> {
  const chance = newChance(seed);
  const rows: FaultRow[] = [];
  for (const { fault, do: change, refusal, code } of tamperings) {
    const row = { fault, tried: 0, lost: 0, undetected: 0 };
    for (; row.tried < times; row.tried++) {
      const place = faultPlace();
      try {
        await prepare(place);
        await change(place, (limit) => chance.below(Math.max(1, Math.floor(limit))));
        const verdict = verifyLedger(place.ledger, { notes: publishedNotes(place.ledger, undefined) });
        const next = await write(place, { ...more, first: 700 });
        if (!code.includes(verdict.code) || !outcomeIs(next, refusal)) row.undetected += 1;
        if (refusal === undefined && !existsSync(place.ledger)) row.lost += 1;
      } finally {
        place.remove();
      }
    }
    rows.push(row);
  }
  return [...rows, await twoWriters(times), await clockBack(times)];
}

/** The second part stays in the write-ahead log, and what is published covers it. */
async function prepare(place: FaultPlace): Promise<void> {
  await write(place, { first: 0, count: 600, group: 100, mode: 'thread' });
  await write(place, { first: 600, count: 20, group: 1, mode: 'FULL' });
  const keepsLog = new Database(place.ledger, { readonly: true });
  keepsLog.prepare('SELECT 1 FROM entry').get();
  await write(place, { first: 620, count: 20, group: 1, mode: 'thread' });
  const wal = readFileSync(`${place.ledger}-wal`);
  const ledger = readFileSync(place.ledger);
  keepsLog.close();
  writeFileSync(place.ledger, ledger);
  writeFileSync(`${place.ledger}-wal`, wal);
  rmSync(`${place.ledger}-shm`, { force: true });
}

function outcomeIs({ acknowledged, status, stderr }: Written, refusal: RegExp | undefined): boolean {
  return refusal === undefined
    ? status === 0 && acknowledged.size === 3
    : acknowledged.size === 0 && refusal.test(stderr);
}

async function twoWriters(times: number): Promise<FaultRow> {
  const row = { fault: 'two writers', tried: 0, lost: 0, undetected: 0, duplicated: 0 };
  for (; row.tried < times; row.tried++) {
    const place = faultPlace();
    const work: Work = { first: 0, count: 300, group: 1, mode: 'thread' };
    const both = await Promise.all([write(place, work), write(place, { ...work, first: 300 })]);
    const busy = both.filter(({ stderr }) => stderr.includes('Another process holds the ledger')).length;
    const acknowledged = both.flatMap((one) => [...one.acknowledged]);
    // They may also have come one after the other.
    if (acknowledged.length !== 300 * (2 - busy)) row.lost += 1;
    if (new Set(acknowledged.map(([, seq]) => seq)).size !== acknowledged.length) row.duplicated += 1;
    if (verifyLedger(place.ledger, { notes: publishedNotes(place.ledger, undefined) }).code !== 3) row.undetected += 1;
    place.remove();
  }
  return row;
}

async function clockBack(times: number): Promise<FaultRow> {
  const row = { fault: 'clock an hour back', tried: 0, lost: 0, undetected: 0 };
  const hourBack =
    'const now = Date.now; const from = now(); Date.now = () => (now() - from > 60 ? now() - 3_600_000 : now());';
  for (; row.tried < times; row.tried++) {
    const place = faultPlace();
    const wrap = ['env', `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(hourBack)}`];
    const { acknowledged } = await write(place, { first: 0, count: 300, group: 1, mode: 'thread' }, wrap);
    const after = await write(place, { first: 300, count: 3, group: 1, mode: 'thread' });
    if (acknowledged.size !== 300 || after.acknowledged.size !== 3) row.lost += 1;
    if (verifyLedger(place.ledger, { notes: publishedNotes(place.ledger, undefined) }).code !== 3) row.undetected += 1;
    place.remove();
  }
  return row;
}
