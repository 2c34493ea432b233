import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { exportLedger } from './export.ts';
import { fillLedger, newEntry, type TemporaryLedger, temporaryLedger, verdictOf } from './fixtures/temporary-ledger.ts';
import { openReader, type StoredEntry } from './reader.ts';
import { redactEntry } from './redact.ts';
import { openForReading } from './store.ts';
import { verifyExport } from './verify-export.ts';

const secret = 'a-secret-that-must-go';
const source = { claim: 'claim-1', file: 'a.jsonl', line: 7 };
const envelope = { time: '2026-01-01T00:00:00.000Z', host: 'a', pid: 1, kernel: '0' };
const body = {
  schema: 'ledger.v1',
  kind: 'task',
  task: { tool: 't', input: { secret } },
  taskDigest: 'sha256:1',
  decisions: [],
  outcome: 'done',
};
let place: TemporaryLedger;

function entry(seq: number): StoredEntry {
  const reader = openReader(place.path);
  try {
    return reader.entry(seq) as StoredEntry;
  } finally {
    reader.close();
  }
}

const redact = (seq: number) => redactEntry(place.path, entry(seq), 'a leaked token', envelope, []);

describe('A redacted entry', () => {
  beforeEach(async () => {
    place = await temporaryLedger();
    fillLedger(place.path, [
      newEntry(1, { taskKey: 'one', body: JSON.stringify(body), env: JSON.stringify({ ...envelope, source, secret }) }),
      newEntry(2, {
        taskKey: 'two',
        kind: 'prepared',
        body: JSON.stringify({ schema: 'ledger.v1', kind: 'prepared', outcome: body }),
      }),
    ]);
  });

  afterEach(() => place.remove());

  it('is gone from the files, and the ledger says so and verifies', () => {
    assert.deepEqual(redact(1), { by: 3, purged: true });

    for (const file of [place.path, `${place.path}-wal`]) {
      const bytes = readOrNothing(file);
      // Entry 2 has the same secret, once.
      assert.ok(bytes.indexOf(secret) === bytes.lastIndexOf(secret), file);
    }
    const { code, redacted, findings } = verdictOf(place.path);
    assert.deepEqual({ code, redacted, findings }, { code: 0, redacted: [1], findings: [] });
  });

  it('says so where a reader keeps the bytes in the write-ahead log', () => {
    const reader = new Database(place.path, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM payload').get();

    assert.deepEqual(redact(1), { by: 3, purged: false });

    reader.close();
    assert.equal(verdictOf(place.path).code, 0);
  }).timeout(20_000);

  it('is still the outcome of its task and line', () => {
    redact(1);

    const reader = openReader(place.path);
    const { body: left, redacted } = reader.outcomeOf('one') as StoredEntry;
    assert.deepEqual(left, {
      schema: 'ledger.v1',
      kind: 'task',
      task: null,
      taskDigest: 'sha256:1',
      decisions: [],
      outcome: 'done',
    });
    assert.deepEqual(redacted, { by: 3, reason: 'a leaked token' });
    assert.equal(reader.outcomeOfLine('one', 'claim-1', 7)?.seq, 1);
    assert.equal(reader.outcomeOfLine('one', 'claim-1', 8), undefined);
    assert.equal(reader.latest(10).length, 3);
    reader.close();
  });

  it('is exported without its content, and that verifies', async () => {
    redact(1);
    const store = openForReading(place.path);
    await exportLedger(store, join(place.folder, 'export'));
    store.close();

    const { code, redacted } = verifyExport(join(place.folder, 'export'));

    assert.deepEqual({ code, redacted }, { code: 0, redacted: [1] });
    assert.match(
      readFileSync(join(place.folder, 'export/payload.jsonl'), 'utf8'),
      /^\{"seq":1,"body":null,"env":null\}\n/,
    );
  });

  it('is refused twice, for what was done to the ledger itself, and while recovery needs it', () => {
    redact(1);

    assert.throws(() => redact(1), {
      code: 'REDACTION_REFUSED',
      message: 'Entry 1 cannot be redacted: entry 3 has redacted it already.',
    });
    assert.throws(() => redact(3), {
      message: 'Entry 3 cannot be redacted: it says what was done to the ledger itself.',
    });
    assert.throws(() => redact(2), {
      message: 'Entry 2 cannot be redacted: recovery needs it: its task has no outcome yet.',
    });
  });

  it('is not possible without its entry, by half, or with something in its place', () => {
    fillLedger(place.path, [newEntry(3, { taskKey: 'redaction:1', kind: 'task' })]);
    const store = new Database(place.path);
    const statements = [
      'UPDATE payload SET body = NULL, env = NULL WHERE seq = 1',
      'UPDATE payload SET body = NULL WHERE seq = 1',
      'DELETE FROM payload WHERE seq = 1',
    ];
    for (const statement of statements) assert.throws(() => store.exec(statement), /append-only/, statement);
    store.close();
    redact(1);
    const again = new Database(place.path);
    for (const statement of [
      `UPDATE payload SET body = '{}', env = '{}' WHERE seq = 1`,
      `INSERT OR REPLACE INTO payload VALUES (1, '{}', '{}')`,
    ])
      assert.throws(() => again.exec(statement), /append-only/, statement);
    again.close();
    assert.equal(verdictOf(place.path).code, 0);
  });

  it('is found where its content is put back, or where no entry says that it may be gone', () => {
    redact(1);
    const store = new Database(place.path);
    store.exec('DROP TRIGGER payload_fixed');
    store.exec(
      `UPDATE payload SET body = '{}', env = '{}' WHERE seq = 1; UPDATE payload SET body = NULL, env = NULL WHERE seq = 2`,
    );
    store.close();

    const { code, findings } = verdictOf(place.path);

    assert.equal(code, 1);
    assert.ok(findings.includes('Entry 1 was redacted, and its content is there.'), findings.join('\n'));
    assert.ok(findings.includes('The content of entry 2 is missing.'), findings.join('\n'));
  });
});

function readOrNothing(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
