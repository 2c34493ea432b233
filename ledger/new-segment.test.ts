import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { anchorPath } from './anchor.ts';
import { backUpLedger } from './backup.ts';
import { secretPath, sidecarPath, verifierPath } from './beside.ts';
import {
  fillLedger,
  ledgerId,
  newEntry,
  type TemporaryLedger,
  temporaryLedger,
  verdictOf,
} from './fixtures/temporary-ledger.ts';
import { openNewSegment } from './new-segment.ts';
import { proveEntry } from './prove.ts';
import { publishedNotes } from './published.ts';
import { openReader } from './reader.ts';
import { resumeLedger } from './resume.ts';
import { openForReading } from './store.ts';
import { verifyProof } from './verify-proof.ts';

const envelope = { time: '2026-01-01T00:00:00.000Z', host: 'a', pid: 1, kernel: '0' };
const entries = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => newEntry(from + index));
let place: TemporaryLedger;

/** Puts the backup in the place of a ledger that has grown since. */
function loseTail(): void {
  for (const suffix of ['-wal', '-shm']) rmSync(place.path + suffix, { force: true });
  copyFileSync(`${place.folder}/backup.db`, place.path);
}

const backUp = () =>
  backUpLedger(place.path, `${place.folder}/backup.db`, publishedNotes(place.path, ledgerId(place.path)));
const begin = () => openNewSegment(place.path, 'the disk was replaced', envelope, []);

describe('A new segment', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
    fillLedger(place.path, entries(1, 300));
  });

  afterEach(() => place.remove());

  it('goes on after a lost tail, names what was published before, and keeps that', async () => {
    await backUp();
    fillLedger(place.path, entries(301, 305));
    loseTail();
    assert.throws(() => resumeLedger(place.path), /notes 305 entries, and the ledger ends at entry 300/);

    assert.deepEqual(begin(), { segment: 2, entry: 301 });
    fillLedger(place.path, entries(306, 310));

    const { code, entries: count, findings } = verdictOf(place.path);
    assert.deepEqual({ code, count, findings }, { code: 0, count: 306, findings: [] });
    const reader = openReader(place.path);
    const { body } = reader.entry(301) as never as {
      body: { event: string; facts: { published: { note: string }[] } };
    };
    reader.close();
    assert.equal(body.event, 'recovery');
    assert.match(body.facts.published[1]?.note ?? '', /^arbiter\.ledger\/[^/\n]+\n305\n/);
    const kept = readFileSync(`${anchorPath(ledgerId(place.path))}.segment-1`, 'utf8');
    assert.equal(kept, body.facts.published[1]?.note);
    assert.match(readFileSync(sidecarPath(place.path), 'utf8'), /^arbiter\.ledger\/[^/\n]+\/2\n306\n/);
  });

  it('goes on after a lost key, with another one', () => {
    rmSync(secretPath(place.path));

    begin();
    fillLedger(place.path, entries(301, 302));

    assert.equal(verdictOf(place.path).code, 0);
    const keys = readFileSync(verifierPath(place.path), 'utf8').trim().split('\n');
    assert.equal(keys.length, 2);
    const store = openForReading(place.path);
    assert.notEqual(typeof verifyProof(proveEntry(store, 5) as string, keys[1] as string), 'string');
    assert.equal(typeof verifyProof(proveEntry(store, 5) as string, keys[0] as string), 'string');
    store.close();
  });

  it('is refused where what is left does not verify', () => {
    const store = new Database(place.path);
    store.exec(`DROP TRIGGER payload_fixed; UPDATE payload SET body = '{}' WHERE seq = 3`);
    store.close();

    assert.throws(begin, {
      code: 'LEDGER_UNUSABLE',
      message: /what is left of it does not verify: The trigger payload_fixed is missing/,
    });
  });

  it('cannot be pretended: a key without its entry is found, and an entry without its key', () => {
    begin();
    const store = new Database(place.path);
    store.exec(
      `DROP TRIGGER meta_fixed; UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'vkey/1') WHERE key = 'vkey/2'`,
    );
    store.close();

    assert.equal(verdictOf(place.path).code, 1);
  });
});

describe('A backup', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
    fillLedger(place.path, entries(1, 300));
  });

  afterEach(() => place.remove());

  it('is there once it was verified', async () => {
    const { code, entries: count } = await backUp();

    assert.deepEqual({ code, count }, { code: 0, count: 300 });
    assert.ok(existsSync(`${place.folder}/backup.db`));
    assert.ok(!existsSync(`${place.folder}/backup.db.half`));
  });

  it('is not made of a ledger that does not verify, nor over another file', async () => {
    const store = new Database(place.path);
    store.exec(`DROP TRIGGER payload_fixed; UPDATE payload SET body = '{}' WHERE seq = 3`);
    store.close();
    const file = `${place.folder}/backup.db`;

    await assert.rejects(backUp, {
      code: 'BACKUP_REFUSED',
      message: `No backup was made at ${file}: The trigger payload_fixed is missing.`,
    });
    assert.ok(!existsSync(file));
    writeFileSync(file, '');
    await assert.rejects(backUp, { message: `No backup was made at ${file}: there is a file of that name.` });
  });
});
