// The disk refuses: it is full, the file may not grow, a sync fails, once or from then on. What was acknowledged is there
// afterwards, and the next writer goes on; what was not acknowledged was refused with a reason.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { publishedNotes } from '../../ledger/published.ts';
import { verifyLedger } from '../../ledger/verify.ts';
import { newChance } from './chance.ts';
import type { FaultRow } from './row.ts';
import { type FaultPlace, faultPlace, type Work, write } from './traced.ts';

interface IoFault {
  readonly fault: string;
  readonly wrap: (when: number, record: string) => readonly string[];
  readonly whens: number;
  /** Whether the writer gets over it. */
  readonly passes: boolean;
}

const inject = (call: string, rule: string, record: string): string[] => [
  ...['strace', '-f', '-o', record, '-e', `trace=${call}`, '-e', `inject=${call}:${rule}`],
];

const faults: readonly IoFault[] = [
  {
    fault: 'fsync fails once with EIO',
    wrap: (when, record) => inject('fsync', `error=EIO:when=${8 + when}`, record),
    whens: 20,
    passes: true,
  },
  {
    fault: 'fsync fails with EIO from then on',
    wrap: (when, record) => inject('fsync', `error=EIO:when=${8 + when}+`, record),
    whens: 20,
    passes: false,
  },
  {
    fault: 'disk full (ENOSPC) from then on',
    wrap: (when, record) => inject('pwrite64', `error=ENOSPC:when=${20 + when}+`, record),
    whens: 200,
    passes: false,
  },
  {
    fault: 'file-size limit (EFBIG)',
    // In blocks of 1,024 bytes. The log starts anew at an error, so that only the ledger itself ends it.
    wrap: (when) => ['bash', '-c', `trap '' XFSZ; ulimit -f ${250 + when}; exec "$@"`, 'limited'],
    whens: 40,
    passes: false,
  },
];

export async function ioErrors(times: number, seed: number): Promise<FaultRow[]> {
  const chance = newChance(seed);
  const rows: FaultRow[] = [];
  for (const { fault, wrap, whens, passes } of faults) {
    const row = { fault, tried: 0, lost: 0, undetected: 0, duplicated: 0 };
    while (row.tried < times) {
      const place = faultPlace();
      try {
        await write(place, { first: 0, count: 200, group: 50, mode: 'thread' });
        const work: Work = { first: 200, count: 300, group: 2, mode: 'thread' };
        const record = join(place.folder, 'record');
        const { acknowledged, status, stderr } = await write(place, work, wrap(chance.below(whens), record));
        // Where the call was not made so often, nothing failed.
        if (existsSync(record) && !readFileSync(record, 'utf8').includes('(INJECTED)')) continue;
        row.tried += 1;
        const met = acknowledged.size < work.count;
        if (passes ? met || status !== 0 : !met || status !== 3 || !/cannot be used/.test(stderr)) {
          row.undetected += 1;
          row.lost += passes && met ? 1 : 0;
        }
        await write(place, { ...work, first: 500, count: 1 });
        check(place, acknowledged, row);
      } finally {
        place.remove();
      }
    }
    rows.push(row);
  }
  return rows;
}

function check(
  place: FaultPlace,
  acknowledged: ReadonlyMap<string, number>,
  row: { lost: number; duplicated: number },
): void {
  const store = new Database(place.ledger, { readonly: true });
  const found = new Map(store.prepare('SELECT id, seq FROM entry').raw().all() as [string, number][]);
  store.close();
  if (![...acknowledged].every(([id, seq]) => found.get(id) === seq) || !found.has('entry-00000500')) row.lost += 1;
  if (new Set(found.values()).size !== found.size) row.duplicated += 1;
  if (verifyLedger(place.ledger, { notes: publishedNotes(place.ledger, undefined) }).code !== 3) row.lost += 1;
}
