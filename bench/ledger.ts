// npm run bench:ledger: what an entry costs, beside the same rows in bare SQLite in the same run. Machines are shared and
// noisy: look at the ratios, and at medians of rounds that take turns.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import type { NewEntry } from '../ledger/append.ts';
import { proveEntry } from '../ledger/prove.ts';
import { resumeLedger } from '../ledger/resume.ts';
import { openForReading } from '../ledger/store.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { verifyProof } from '../ledger/verify-proof.ts';
import { openLedger } from '../ledger/writer.ts';
import { heading, percentile, print } from './statistics.ts';

const { values } = parseArgs({ options: { entries: { type: 'string', default: '100000' } } });
const [rounds, perRound, oneByOne, outstanding, group] = [5, 30_000, 2_000, 1_024, 512];
const large = Number(values.entries);
const place = mkdtempSync(join(tmpdir(), 'arbiter-bench-'));
process.env.XDG_STATE_HOME = join(place, 'state');
// As much as an entry of a small task has.
const [body, env] = [JSON.stringify({ filling: 'b'.repeat(600) }), JSON.stringify({ filling: 'e'.repeat(250) })];
const newEntry = (): NewEntry => ({ id: uuidv7(), taskKey: uuidv7(), kind: 'task', body, env });
const figure = (what: string, value: string) => console.log(`${what.padEnd(58)} ${value}`);
const median = (numbers: readonly number[]) => percentile(numbers, 50);
const perSecond = (count: number, ms: number) => Math.round((count * 1000) / ms);
const grouped = (number: number) => Math.round(number).toLocaleString('en');

try {
  mkdirSync(join(place, 'raw'));
  await compareGroups();
  await measureOneByOne();
  await measureLarge();
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function compareGroups(): Promise<void> {
  const [ours, raw, delays]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    raw.push(rawRate(join(place, 'raw', `${round}.db`)));
    const { rate, p99 } = await ledgerRate(join(place, `ours-${round}`, 'ledger.db'));
    ours.push(rate);
    delays.push(p99);
  }
  figure('bare SQLite, the same rows, groups of 512: rows/s', grouped(median(raw)));
  figure('ledger, grouped by its writer: durable entries/s', grouped(median(ours)));
  figure('  ledger : bare (goal ≥ 0.40)', median(ours.map((rate, round) => rate / (raw[round] as number))).toFixed(2));
  figure('  event loop of whoever appends, p99 (goal < 5 ms)', `${median(delays).toFixed(2)} ms`);
}

/** Rows as the ledger has them, without hashes, tree, guards, checkpoints or a second thread. */
function rawRate(path: string): number {
  const store = new Database(path);
  store.pragma('journal_mode = WAL');
  store.pragma('synchronous = FULL');
  store.exec(`CREATE TABLE entry (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, task_key TEXT, kind TEXT, body_hash BLOB, env_hash BLOB, leaf_hash BLOB) STRICT;
    CREATE INDEX by_task ON entry (task_key, seq); CREATE TABLE payload (seq INTEGER PRIMARY KEY, body TEXT, env TEXT) STRICT`);
  const entry = store.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)');
  const payload = store.prepare('INSERT INTO payload VALUES (?, ?, ?)');
  const hash = Buffer.alloc(32, 7);
  let seq = 0;
  const insert = store.transaction((entries: readonly NewEntry[]) => {
    for (const one of entries) {
      seq += 1;
      entry.run(seq, one.id, one.taskKey, one.kind, hash, hash, hash);
      payload.run(seq, one.body, one.env);
    }
  });
  const entries = Array.from({ length: perRound }, newEntry);
  const before = performance.now();
  while (seq < perRound) insert(entries.slice(seq, seq + group));
  const rate = perSecond(seq, performance.now() - before);
  store.close();
  return rate;
}

async function ledgerRate(path: string): Promise<{ rate: number; p99: number }> {
  const ledger = await openLedger(path);
  const entries = Array.from({ length: perRound }, newEntry);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = performance.now();
  let begun = 0;
  const lane = async () => {
    while (begun < perRound) {
      begun += 1;
      await ledger.append(entries[begun - 1] as NewEntry);
    }
  };
  await Promise.all(Array.from({ length: outstanding }, lane));
  const rate = perSecond(perRound, performance.now() - before);
  delay.disable();
  await ledger.close();
  // The timer itself is late by its resolution.
  return { rate, p99: delay.percentile(99) / 1e6 - 1 };
}

async function measureOneByOne(): Promise<void> {
  const ledger = await openLedger(join(place, 'one', 'ledger.db'));
  const times: number[] = [];
  const before = performance.now();
  for (let count = 0; count < oneByOne; count++) {
    const start = performance.now();
    await ledger.append(newEntry());
    times.push(performance.now() - start);
  }
  figure('ledger, one by one: durable entries/s', grouped(perSecond(oneByOne, performance.now() - before)));
  await ledger.close();
  heading();
  print('one entry, from append to durable', times);
}

async function measureLarge(): Promise<void> {
  const path = join(place, 'large', 'ledger.db');
  const { store, appender, publisher } = resumeLedger(path);
  for (let count = 0; count < large; count += 1000)
    appender.append(Array.from({ length: Math.min(1000, large - count) }, newEntry));
  publisher.publish(appender.checkpoint() as string, true);
  store.pragma('wal_checkpoint(TRUNCATE)');
  const tiles = store.prepare('SELECT sum(length(data)) FROM tile').pluck().get() as number;
  store.close();
  const content = body.length + env.length;
  const bytes = statSync(path).size / large;
  figure(`bytes an entry, ${content} of them content`, `${bytes.toFixed(0)} (tiles ${(tiles / large).toFixed(1)})`);

  const rates: number[] = [];
  for (let round = 0; round < 3; round++) {
    const before = performance.now();
    const { code, findings } = verifyLedger(path, { notes: [] });
    if (code !== 3) throw new Error(findings.join('\n'));
    rates.push(perSecond(large, performance.now() - before));
  }
  figure(`verify, of ${grouped(large)}: entries/s (goal ≥ 100,000)`, grouped(median(rates)));

  const times: number[] = [];
  const reader = openForReading(path);
  const key = String(reader.prepare(`SELECT value FROM meta WHERE key = 'vkey/1'`).pluck().get());
  for (let count = 0; count < 200; count++) {
    const seq = 1 + Math.floor((count * large) / 200);
    const start = performance.now();
    const proof = proveEntry(reader, seq) as string;
    times.push(performance.now() - start);
    if (typeof verifyProof(proof, key) === 'string') throw new Error(`entry ${seq} is not proven`);
  }
  reader.close();
  heading();
  print(`prove one of ${grouped(large)} (goal < 50 ms)`, times);
}
