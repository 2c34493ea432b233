import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { anchorPath } from './anchor.ts';
import { secretPath, sidecarPath, verifierPath } from './beside.ts';
import { makeOlderLedger } from './fixtures/older-ledger.ts';
import {
  fillLedger,
  ledgerId,
  newEntry,
  type TemporaryLedger,
  temporaryLedger,
  verdictOf,
} from './fixtures/temporary-ledger.ts';
import { newSecret } from './note.ts';
import { resumeLedger } from './resume.ts';

let place: TemporaryLedger;

const entries = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => newEntry(from + index));

function refusal(): string {
  try {
    resumeLedger(place.path).store.close();
  } catch (error) {
    return (error as Error).message.replaceAll(place.folder, '…');
  }
  return 'went on';
}

/** Everything into the file itself, nothing left in the write-ahead log. */
function settle(): void {
  const store = new Database(place.path);
  store.pragma('wal_checkpoint(TRUNCATE)');
  store.close();
}

function meddle(statements: string): void {
  const store = new Database(place.path);
  store.exec(statements);
  store.close();
}

/** Changes what a guard keeps, and puts the guard back as it was. */
function pastGuard(name: string, statements: string): void {
  const store = new Database(place.path);
  const guard = store.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck().get(name) as string;
  store.exec(`DROP TRIGGER ${name}; ${statements}; ${guard}`);
  store.close();
}

describe('A ledger that is opened for writing', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
  });

  afterEach(() => place.remove());

  it('has a key from the first time on, which only its owner may read, and publishes what verifies', () => {
    fillLedger(place.path, entries(1, 3));

    assert.equal(statSync(secretPath(place.path)).mode & 0o777, 0o600);
    assert.match(
      readFileSync(verifierPath(place.path), 'utf8'),
      /^arbiter\.ledger\/[0-9a-f-]{36}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+\n$/,
    );
    assert.equal(readFileSync(sidecarPath(place.path), 'utf8'), readFileSync(anchorPath(ledgerId(place.path)), 'utf8'));
    assert.equal(verdictOf(place.path).code, 0);
  });

  it('signs a checkpoint every thousand entries, in the transaction that completes them', () => {
    fillLedger(place.path, entries(1, 3100));

    const store = new Database(place.path);
    const sizes = store.prepare('SELECT size FROM checkpoint ORDER BY size').pluck().all() as number[];
    store.close();
    for (const [at, size] of sizes.entries()) assert.ok(size - (sizes[at - 1] ?? 0) < 1512, sizes.join(' '));
    assert.equal(sizes.at(-1), 3100);
    assert.equal(verdictOf(place.path).code, 0);
  });

  it('publishes to further files as configured, and takes them for anchors', () => {
    const target = join(place.folder, 'elsewhere', 'checkpoint');
    const { store, appender, publisher } = resumeLedger(place.path, [target]);
    appender.append(entries(1, 2));
    publisher.publish(appender.checkpoint() as string, true);
    store.close();
    assert.match(readFileSync(target, 'utf8'), /^arbiter\.ledger\/.*\n2\n/);

    writeFileSync(target, readFileSync(target, 'utf8').replace('\n2\n', '\n3\n'));
    assert.throws(() => resumeLedger(place.path, [target]), /elsewhere\/checkpoint is not signed by its key/);
  });

  it('of an older kind gets its tiles, key and checkpoints', () => {
    makeOlderLedger(place.path, 70_000);
    assert.deepEqual(
      { ...verdictOf(place.path), head: '', root: '' },
      {
        ...{ code: 0, entries: 70_000, head: '', root: '', checkpoints: 0, redacted: [], findings: [] },
      },
    );

    fillLedger(place.path, entries(70_001, 70_600));

    const { code, findings, checkpoints } = verdictOf(place.path);
    assert.deepEqual({ code, findings }, { code: 0, findings: [] });
    assert.ok(checkpoints >= 2);
  });

  it('of an older kind is refused where it lost its end', () => {
    makeOlderLedger(place.path, 10);
    meddle('DROP TRIGGER entry_keep; DELETE FROM payload WHERE seq > 8; DELETE FROM entry WHERE seq > 8');

    assert.match(refusal(), /^entry 10 was noted in …\/state\/arbiter\/anchors\/.*, and the ledger ends at entry 8$/);
  });

  it('finds its key after a crash between the first transaction and the key’s last move', () => {
    fillLedger(place.path, entries(1, 3));
    copyFileSync(secretPath(place.path), `${secretPath(place.path)}.new`);
    rmSync(secretPath(place.path));

    assert.equal(refusal(), 'went on');
    assert.equal(verdictOf(place.path).code, 0);
  });

  const refused: [string, () => void, RegExp][] = [
    [
      'is gone',
      () => rmSync(place.path),
      /^it is gone, and …\/home\/ledger\/ledger\.key and .*ledger\.vkey and .*checkpoint say that there was one$/,
    ],
    ['is empty', () => truncateSync(place.path), /^it is empty, and …\/home\/ledger\/ledger\.key and /],
    ['lost its key', () => rmSync(secretPath(place.path)), /^its key …\/home\/ledger\/ledger\.key is lost$/],
    [
      'has another key',
      () => writeFileSync(secretPath(place.path), newSecret('other')),
      /ledger\.key is not the key that its checkpoints/,
    ],
    [
      'has garbage for a key',
      () => writeFileSync(secretPath(place.path), 'x'),
      /ledger\.key is not the key that its checkpoints/,
    ],
    [
      'has a checkpoint beside it that is none',
      () => writeFileSync(sidecarPath(place.path), 'x'),
      /^…\/home\/ledger\/checkpoint holds something else than a checkpoint$/,
    ],
    ['lost a guard', () => meddle('DROP TRIGGER entry_keep'), /^its trigger entry_keep is missing$/],
    [
      'has a guard that lets through',
      () => meddle(`DROP TRIGGER entry_keep; CREATE TRIGGER entry_keep BEFORE DELETE ON entry BEGIN SELECT 1; END`),
      /^its trigger entry_keep is not as it was made$/,
    ],
    [
      'has a table too many',
      () => meddle('CREATE TABLE more (x)'),
      /^there is a table more that does not belong there$/,
    ],
    [
      'calls itself older than its key',
      () => meddle(`DROP TRIGGER meta_keep; DELETE FROM meta WHERE key = 'layout'`),
      /^it is older than ….*ledger\.key/,
    ],
    ['lost a tile', () => pastGuard('tile_keep', 'DELETE FROM tile WHERE level = 1'), /^tile 1\/0 is missing$/],
    [
      'has another tile',
      () => pastGuard('tile_grows', 'UPDATE tile SET data = zeroblob(32) WHERE level = 1'),
      /^its last checkpoint does not fit its entries$/,
    ],
  ];
  for (const [what, change, message] of refused)
    it(`is refused where it ${what}`, () => {
      fillLedger(place.path, entries(1, 300));
      settle();
      change();

      assert.match(refusal(), message);
    });

  it('is refused where an old copy took its place, and where it was copied without its write-ahead log', () => {
    fillLedger(place.path, entries(1, 3));
    settle();
    const copy = join(place.folder, 'copy.db');
    copyFileSync(place.path, copy);
    fillLedger(place.path, entries(4, 5));
    for (const suffix of ['-wal', '-shm']) rmSync(place.path + suffix, { force: true });
    copyFileSync(copy, place.path);

    assert.equal(refusal(), '…/home/ledger/checkpoint notes 5 entries, and the ledger ends at entry 3');
    rmSync(sidecarPath(place.path));
    assert.match(refusal(), /^…\/state\/arbiter\/anchors\/.* notes 5 entries, and the ledger ends at entry 3$/);
    assert.equal(verdictOf(place.path).code, 2);
  });

  it('is refused where it is the database of something else', () => {
    fillLedger(place.path, entries(1, 1));
    for (const path of [place.path, secretPath(place.path), verifierPath(place.path), sidecarPath(place.path)])
      rmSync(path);
    for (const suffix of ['-wal', '-shm']) rmSync(place.path + suffix, { force: true });
    meddle('CREATE TABLE other (x)');

    assert.equal(refusal(), 'it is a database, and no ledger');
  });
});
