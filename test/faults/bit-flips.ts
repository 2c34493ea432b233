// One bit of a file is another: of the ledger, its write-ahead log, the checkpoint beside it, the anchor. Either it is
// found, or everything that can be read is the same. SQLite takes a log only up to the first frame that is not whole, so a
// bit there can cost the end: that is what a checkpoint elsewhere finds.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { type PublishedNote, verifyLedger } from '../../ledger/verify.ts';
import { newChance } from './chance.ts';
import type { FaultRow } from './row.ts';
import { faultPlace, write } from './traced.ts';

export async function bitFlips(times: number, seed: number): Promise<FaultRow[]> {
  const place = faultPlace();
  const chance = newChance(seed);
  try {
    // What comes second stays in the log, because its writer is killed; then the anchor is what its last publish says.
    await write(place, { first: 0, count: 600, group: 50, mode: 'thread' });
    await write(place, { first: 600, count: 40, group: 1, mode: 'FULL' });
    const whole = dirname(place.ledger);
    const anchor: PublishedNote = {
      where: 'the anchor',
      outside: true,
      text: headNote(copyOf(whole, join(place.folder, 'look'))),
    };
    const content = contentOf(copyOf(whole, join(place.folder, 'whole')));
    const rows: FaultRow[] = [];
    for (const name of ['ledger.db', 'ledger.db-wal']) {
      const row = { fault: `a bit of ${name} flipped`, tried: 0, lost: 0, undetected: 0 };
      const bytes = readFileSync(join(whole, name));
      if (bytes.length === 0) throw new Error(`${name} is empty`);
      for (; row.tried < times / 2; row.tried++) {
        const path = copyOf(whole, join(place.folder, 'flipped'));
        const bit = chance.below(bytes.length * 8);
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        writeFileSync(join(dirname(path), name), flipped);
        const { code } = verifyLedger(path, { notes: [anchor] });
        if (code === 1 || code === 2) continue;
        if (contentOf(path) !== content) row.undetected += 1;
      }
      rows.push(row);
    }
    return rows;
  } finally {
    place.remove();
  }
}

function copyOf(folder: string, target: string): string {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of ['ledger.db', 'ledger.db-wal'])
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(target, name));
  return join(target, basename('ledger.db'));
}

function headNote(path: string): string {
  const store = new Database(path, { readonly: true });
  const { seq, leaf } = store.prepare('SELECT seq, leaf_hash AS leaf FROM entry ORDER BY seq DESC LIMIT 1').get() as {
    seq: number;
    leaf: Buffer;
  };
  store.close();
  return `${seq} ${leaf.toString('hex')}\n`;
}

/** All that can be read, by the table and by the index. */
function contentOf(path: string): string {
  try {
    const store = new Database(path, { readonly: true });
    const all = store.prepare('SELECT * FROM entry JOIN payload USING (seq) ORDER BY seq').raw().all();
    const byTask = store
      .prepare('SELECT task_key, seq FROM entry INDEXED BY entry_by_task ORDER BY task_key, seq')
      .raw()
      .all();
    store.close();
    return JSON.stringify([all, byTask]);
  } catch (error) {
    return (error as Error).message;
  }
}
