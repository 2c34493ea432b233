import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Head, NewEntry } from './append.ts';
import { leafHash, noLeaf, sha256 } from './chain.ts';
import { fillLedger, newEntry, type TemporaryLedger, temporaryLedger, verdictOf } from './fixtures/temporary-ledger.ts';
import { createGuards } from './schema.ts';
import { type Verdict, verifyLedger } from './verify.ts';

let place: TemporaryLedger;
let head: Head;

/** Changes the file as somebody would who may write to it: with the guards taken away first. */
function tamper(change: string | ((store: Database.Database) => void), { guardsBack = false } = {}): void {
  const store = new Database(place.path);
  store.pragma('foreign_keys = OFF');
  for (const name of store.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).pluck().all())
    store.exec(`DROP TRIGGER ${name}`);
  if (typeof change === 'string') store.exec(change);
  else change(store);
  if (guardsBack) store.exec(createGuards);
  store.close();
}

/** Writes every leaf anew, so that the chain holds again. */
function rechain(store: Database.Database): void {
  let previous = noLeaf;
  const select =
    'SELECT seq, id, task_key AS taskKey, kind, body, env FROM entry JOIN payload USING (seq) ORDER BY seq';
  for (const { seq, body, env, ...entry } of store.prepare(select).all() as (NewEntry & { seq: number })[]) {
    const [bodyHash, envHash] = [sha256(body), sha256(env)];
    previous = leafHash({ ...entry, seq, bodyHash, envHash, previous });
    store
      .prepare('UPDATE entry SET body_hash = ?, env_hash = ?, leaf_hash = ? WHERE seq = ?')
      .run(bodyHash, envHash, previous, seq);
  }
}

function swap(store: Database.Database): void {
  for (const table of ['entry', 'payload'])
    for (const [from, to] of [
      [3, -1],
      [4, 3],
      [-1, 4],
    ])
      store.prepare(`UPDATE ${table} SET seq = ? WHERE seq = ?`).run(to, from);
}

const verify = (anchor: Head | null = head, path = place.path): Verdict =>
  verifyLedger(path, {
    notes: anchor
      ? [{ where: 'the anchor', text: `${anchor.seq} ${anchor.leaf.toString('hex')}\n`, outside: true }]
      : [],
  });

describe('verifyLedger', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
    fillLedger(
      place.path,
      [1, 2, 3, 4, 5, 6, 7].map((number) => newEntry(number)),
    );
    const store = new Database(place.path);
    head = store.prepare('SELECT seq, leaf_hash AS leaf FROM entry WHERE seq = 7').get() as Head;
    // So that the file is whole without its write-ahead log.
    store.pragma('wal_checkpoint(TRUNCATE)');
    store.close();
  });

  afterEach(() => place.remove());

  it('gives 0 for a ledger that ends where its anchor says', () => {
    const { root, ...verdict } = verify();

    assert.match(root, /^[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual(verdict, {
      ...{ code: 0, entries: 7, head: head.leaf.toString('hex') },
      ...{ checkpoints: 2, redacted: [], findings: [] },
    });
  });

  it('gives 0 for a ledger that has grown since', () => {
    fillLedger(place.path, [newEntry(8)]);

    const { code, entries, findings } = verify();
    assert.deepEqual({ code, entries, findings }, { code: 0, entries: 8, findings: [] });
  });

  it('gives 3 for one that is consistent and has no anchor', () => {
    assert.equal(verify(null).code, 3);
  });

  it('gives 2 for one that is shorter than its anchor', () => {
    const old = `${place.folder}/old.db`;
    copyFileSync(place.path, old);
    fillLedger(place.path, [newEntry(8), newEntry(9)]);
    const { entries: grown } = verdictOf(place.path);
    for (const suffix of ['-wal', '-shm']) rmSync(place.path + suffix, { force: true });
    copyFileSync(old, place.path);

    const { code, entries, findings } = verdictOf(place.path);

    assert.deepEqual({ code, entries, grown }, { code: 2, entries: 7, grown: 9 });
    assert.equal(findings.length, 2);
    assert.match(findings[0] ?? '', /^The ledger ends at entry 7; 9 entries were noted in .+\/ledger\/checkpoint\.$/);
    assert.match(findings[1] ?? '', /^The ledger ends at entry 7; 9 entries were noted in .+\/anchors\/.+\.$/);
  });

  it('gives 3 when the tail was cut and nothing was noted outside: no chain can tell', () => {
    tamper(
      'DELETE FROM entry WHERE seq > 5; DELETE FROM payload WHERE seq > 5; DELETE FROM checkpoint WHERE size > 5',
      { guardsBack: true },
    );

    assert.deepEqual(verify(null).findings, []);
    assert.equal(verify(null).code, 3);
    assert.equal(verify().code, 2);
  });

  it('gives 1 for one that was written anew, chain and all, against its anchor', () => {
    tamper(
      (store) => {
        store.exec(`UPDATE payload SET body = '{"number":0}' WHERE seq = 4`);
        rechain(store);
        store.exec('DELETE FROM checkpoint WHERE size > 0');
      },
      { guardsBack: true },
    );

    assert.equal(verify(null).code, 3);
    assert.deepEqual(verify().code, 1);
    assert.deepEqual(verify().findings, ['Of the first 7 entries another past was noted in the anchor.']);
  });

  const tamperings: [string, string | ((store: Database.Database) => void), string][] = [
    ['a body', `UPDATE payload SET body = '{"number":0}' WHERE seq = 4`, 'The body of entry 4 was changed.'],
    ['an envelope', `UPDATE payload SET env = '{}' WHERE seq = 4`, 'The envelope of entry 4 was changed.'],
    [
      'a body and its hash',
      (store) => {
        store.exec(`UPDATE payload SET body = '{}' WHERE seq = 4`);
        store.prepare('UPDATE entry SET body_hash = ? WHERE seq = 4').run(sha256('{}'));
      },
      'Entry 4 does not follow from the entries before it.',
    ],
    ['an id', `UPDATE entry SET id = 'other' WHERE seq = 4`, 'Entry 4 does not follow from the entries before it.'],
    [
      'a task key',
      `UPDATE entry SET task_key = 'other' WHERE seq = 4`,
      'Entry 4 does not follow from the entries before it.',
    ],
    [
      'a kind',
      `UPDATE entry SET kind = 'prepared' WHERE seq = 7`,
      'Entry 7 does not follow from the entries before it.',
    ],
    [
      'a leaf',
      `UPDATE entry SET leaf_hash = zeroblob(32) WHERE seq = 4`,
      'Entry 4 does not follow from the entries before it.',
    ],
    ['the order of two entries', swap, 'Entry 3 does not follow from the entries before it.'],
    ['a payload that is gone', 'DELETE FROM payload WHERE seq = 4', 'The content of entry 4 is missing.'],
    [
      'an entry that is gone from the middle',
      'DELETE FROM entry WHERE seq = 4; DELETE FROM payload WHERE seq = 4',
      'Entry 4 is missing.',
    ],
    [
      'a first entry that is gone',
      'DELETE FROM entry WHERE seq = 1; DELETE FROM payload WHERE seq = 1',
      'Entry 1 is missing.',
    ],
    [
      'an entry put in without a chain',
      `INSERT INTO entry SELECT 8, 'x', task_key, kind, body_hash, env_hash, leaf_hash FROM entry WHERE seq = 7;
       INSERT INTO payload SELECT 8, body, env FROM payload WHERE seq = 7`,
      'Entry 8 does not follow from the entries before it.',
    ],
    ['a table that is gone', 'DROP TABLE payload', 'The file cannot be read as a ledger: no such table: payload.'],
  ];
  for (const [what, change, finding] of tamperings)
    it(`gives 1 and finds ${what}, with an anchor and without`, () => {
      tamper(change, { guardsBack: !finding.includes('no such table') });

      for (const verdict of [verify(), verify(null)]) {
        assert.equal(verdict.code, 1);
        assert.ok(verdict.findings.includes(finding), verdict.findings.join('\n'));
      }
    });

  it('gives 1 wherever a task key is changed in the file, in the table or in an index', () => {
    const bytes = readFileSync(place.path);
    const places: number[] = [];
    for (let at = bytes.indexOf('task-4'); at >= 0; at = bytes.indexOf('task-4', at + 1)) places.push(at);

    assert.equal(places.length, 2);
    for (const at of places) {
      const changed = Buffer.from(bytes);
      changed.write('5', at + 'task-'.length);
      writeFileSync(place.path, changed);
      assert.equal(verify().code, 1, `at byte ${at}`);
    }
  });

  it('gives 1 for a file that is no database', () => {
    writeFileSync(place.path, 'garbage '.repeat(1000));

    assert.deepEqual(verify().findings[0], 'The file cannot be read as a ledger: file is not a database.');
    assert.equal(verify().code, 1);
  });

  it('gives 1 for an empty file, and for one that is cut in the middle', () => {
    truncateSync(place.path, 8192);
    assert.equal(verify(null).code, 1);

    truncateSync(place.path, 0);
    assert.equal(verify(null).code, 1);
  });

  it('gives 1 for a file that is not there', () => {
    assert.deepEqual(verifyLedger('/nowhere/ledger.db', { notes: [] }).findings, ['/nowhere/ledger.db is not there.']);
  });

  it('lists at most twenty findings', () => {
    fillLedger(
      place.path,
      Array.from({ length: 40 }, (_, index) => newEntry(100 + index)),
    );
    tamper(`UPDATE payload SET body = '{}'`);

    assert.equal(verify().findings.length, 20);
  });

  it('says how far it has come, every ten thousand entries', () => {
    fillLedger(
      place.path,
      Array.from({ length: 10_000 }, (_, index) => newEntry(100 + index)),
    );
    const seen: number[] = [];

    verifyLedger(place.path, { notes: [], progress: (entries) => seen.push(entries) });

    assert.deepEqual(seen, [10_000]);
  });
});
