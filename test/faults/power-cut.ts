// The power goes while a ledger is written to. What the writer really wrote and synced is recorded; then, for any moment,
// files are made as a disk may hold them: what was synced is there, each later write is there, missing, or torn between
// sectors. What had been acknowledged by then has to be in the ledger that is found, under its number.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { resumeLedger } from '../../ledger/resume.ts';
import { verifyLedger } from '../../ledger/verify.ts';
import { type Chance, newChance } from './chance.ts';
import { type Happening, readRecord, straceOptions } from './recorded-writes.ts';
import type { FaultRow } from './row.ts';
import { faultPlace, write } from './traced.ts';

type Write = Extract<Happening, { kind: 'write' | 'truncate' }>;

/** A file as far as it is synced, and what was written to it since. */
interface Disk {
  synced: Buffer;
  pending: Write[];
}

const files = ['ledger.db', 'ledger.db-wal'];
const sector = 512;

export async function powerCuts(states: number, seed: number, mode: 'FULL' | 'NORMAL'): Promise<FaultRow> {
  const place = faultPlace();
  const chance = newChance(seed);
  try {
    await write(place, { first: 0, count: 300, group: 100, mode: 'thread' });
    const disks = new Map<string, Disk>(
      files.map((name) => [name, { synced: read(join(dirname(place.ledger), name)), pending: [] }]),
    );
    const before = new Map(rowsOf(place.ledger));
    const simulated = join(place.folder, 'simulated');
    mkdirSync(join(simulated, 'ledger'), { recursive: true });
    for (const name of ['ledger.key', 'ledger.vkey', 'checkpoint'])
      copyFileSync(join(dirname(place.ledger), name), join(simulated, 'ledger', name));

    const record = join(place.folder, 'record');
    await write(place, { first: 300, count: 1500, group: 3, mode }, straceOptions(record));
    const happenings = await readRecord(record);
    const synced = happenings.filter(({ kind }) => kind === 'sync').length;
    if (happenings.length < 1000 || synced === 0)
      throw new Error(`strace recorded ${happenings.length} calls, ${synced} syncs`);

    const cuts = Array.from({ length: states }, () => chance.below(happenings.length)).sort((a, b) => a - b);
    const row = { fault: `power cut, synchronous=${mode}`, tried: 0, lost: 0, undetected: 0 };
    const acknowledged = before;
    let at = 0;
    for (const cut of cuts) {
      for (; at < cut; at++) {
        const happening = happenings[at] as Happening;
        happen(happening, disks, acknowledged);
        if (happening.kind === 'publish' && happening.path.endsWith('checkpoint'))
          writeFileSync(join(simulated, 'ledger', 'checkpoint'), happening.text);
      }
      for (const [name, disk] of disks) writeFileSync(join(simulated, 'ledger', name), asFound(disk, chance));
      rmSync(join(simulated, 'ledger', 'ledger.db-shm'), { force: true });
      const found = examine(join(simulated, 'ledger', 'ledger.db'), acknowledged);
      row.tried += 1;
      if (found !== 'whole') row.lost += 1;
      if (found === 'lost in silence') row.undetected += 1;
    }
    const last = happenings.findLast(({ kind }) => kind === 'acknowledge');
    if (!last) throw new Error('nothing was acknowledged');
    return row;
  } finally {
    place.remove();
  }
}

function happen(happening: Happening, disks: Map<string, Disk>, acknowledged: Map<string, number>): void {
  if (happening.kind === 'acknowledge') acknowledged.set(happening.id, happening.seq);
  else if (happening.kind === 'sync') {
    const disk = disks.get(happening.file) as Disk;
    disk.synced = applied(disk.synced, disk.pending);
    disk.pending = [];
  } else if (happening.kind !== 'publish') disks.get(happening.file)?.pending.push(happening);
}

/** Each write since the last sync: there, missing, or torn. */
function asFound({ synced, pending }: Disk, chance: Chance): Buffer {
  const share = chance.below(101);
  const there: Write[] = [];
  for (const write of pending) {
    if (chance.below(100) >= share) continue;
    if (write.kind === 'truncate' || chance.below(4) > 0) there.push(write);
    else
      for (let from = 0; from < write.data.length; from += sector)
        if (chance.below(2) > 0)
          there.push({ ...write, at: write.at + from, data: write.data.subarray(from, from + sector) });
  }
  return applied(synced, there);
}

function applied(content: Buffer, writes: readonly Write[]): Buffer {
  const ends = writes.map((write) => (write.kind === 'truncate' ? write.size : write.at + write.data.length));
  const result = Buffer.concat([content], Math.max(content.length, ...ends));
  let { length } = content;
  for (const [index, write] of writes.entries()) {
    const end = ends[index] as number;
    if (write.kind === 'truncate') {
      result.fill(0, end);
      length = end;
    } else {
      write.data.copy(result, write.at);
      length = Math.max(length, end);
    }
  }
  return result.subarray(0, length);
}

function examine(ledger: string, acknowledged: ReadonlyMap<string, number>): 'whole' | 'refused' | 'lost in silence' {
  const state = process.env.XDG_STATE_HOME;
  // The sidecar alone: the anchor is never newer.
  process.env.XDG_STATE_HOME = join(dirname(ledger), 'no-anchor');
  rmSync(process.env.XDG_STATE_HOME, { recursive: true, force: true });
  const sidecar = readFileSync(join(dirname(ledger), 'checkpoint'), 'utf8');
  try {
    resumeLedger(ledger).store.close();
  } catch {
    return 'refused';
  } finally {
    if (state === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = state;
    writeFileSync(join(dirname(ledger), 'checkpoint'), sidecar);
  }
  const found = new Map(rowsOf(ledger));
  for (const [id, seq] of acknowledged) if (found.get(id) !== seq) return 'lost in silence';
  return verifyLedger(ledger, { notes: [] }).code === 3 ? 'whole' : 'refused';
}

function rowsOf(ledger: string): [string, number][] {
  const store = new Database(ledger, { readonly: true });
  try {
    return store.prepare('SELECT id, seq FROM entry').raw().all() as [string, number][];
  } finally {
    store.close();
  }
}

function read(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}
