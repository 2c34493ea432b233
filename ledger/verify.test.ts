import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type Head, type NewEntry, newAppender } from './append.ts';
import { leafHash, noLeaf, sha256 } from './chain.ts';
import { fillLedger, newEntry, type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';
import { openForWriting } from './store.ts';
import { type Verdict, verifyLedger } from './verify.ts';

let place: TemporaryLedger;
let head: Head;

/** Changes the file as somebody would who may write to it: with the guards taken away first. */
function tamper(change: string | ((store: Database.Database) => void)): void {
  const store = new Database(place.path);
  store.pragma('foreign_keys = OFF');
  for (const name of store.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).pluck().all())
    store.exec(`DROP TRIGGER ${name}`);
  if (typeof change === 'string') store.exec(change);
  else change(store);
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

const verify = (anchor: Head | null = head): Verdict => verifyLedger(place.path, anchor);

describe('verifyLedger', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
    const store = openForWriting(place.path);
    const appender = newAppender(store);
    appender.append([1, 2, 3, 4, 5, 6, 7].map((number) => newEntry(number)));
    head = appender.head;
    store.close();
  });

  afterEach(() => place.remove());

  it('gives 0 for a ledger that ends where its anchor says', () => {
    assert.deepEqual(verify(), { code: 0, entries: 7, head: head.leaf.toString('hex'), findings: [] });
  });

  it('gives 0 for a ledger that has grown since', () => {
    fillLedger(place.path, [newEntry(8)]);

    assert.deepEqual({ ...verify(), head: '' }, { code: 0, entries: 8, head: '', findings: [] });
  });

  it('gives 3 for one that is consistent and has no anchor', () => {
    assert.equal(verify(null).code, 3);
  });

  it('gives 2 for one that is shorter than its anchor', () => {
    tamper('DELETE FROM entry WHERE seq > 5; DELETE FROM payload WHERE seq > 5');

    const { code, entries, findings } = verify();

    assert.deepEqual({ code, entries }, { code: 2, entries: 5 });
    assert.deepEqual(findings, ['The ledger ends at entry 5; 7 entries were noted outside the home.']);
  });

  it('gives 3 when the tail was cut and nothing was noted outside: no chain can tell', () => {
    tamper('DELETE FROM entry WHERE seq > 5; DELETE FROM payload WHERE seq > 5');

    assert.equal(verify(null).code, 3);
  });

  it('gives 1 for one that was written anew, chain and all, against its anchor', () => {
    tamper((store) => {
      store.exec(`UPDATE payload SET body = '{"number":0}' WHERE seq = 4`);
      rechain(store);
    });

    assert.equal(verify(null).code, 3);
    assert.deepEqual(verify().code, 1);
    assert.deepEqual(verify().findings, ['Entry 7 is not the one that was noted outside the home.']);
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
      tamper(change);

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
    assert.deepEqual(verifyLedger('/nowhere/ledger.db', null), {
      code: 1,
      entries: 0,
      head: '',
      findings: ['/nowhere/ledger.db is not there.'],
    });
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

    verifyLedger(place.path, head, (entries) => seen.push(entries));

    assert.deepEqual(seen, [10_000]);
  });
});
