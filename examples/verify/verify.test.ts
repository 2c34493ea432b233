// The verifier in Python and ours, over the same ledgers.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { execaSync } from 'execa';
import { anchorPath } from '../../ledger/anchor.ts';
import {
  fillLedger,
  ledgerId,
  newEntry,
  type TemporaryLedger,
  temporaryLedger,
} from '../../ledger/fixtures/temporary-ledger.ts';
import { openNewSegment } from '../../ledger/new-segment.ts';
import { publishedNotes } from '../../ledger/published.ts';
import { openReader, type StoredEntry } from '../../ledger/reader.ts';
import { redactEntry } from '../../ledger/redact.ts';
import { verifyLedger } from '../../ledger/verify.ts';

const program = fileURLToPath(new URL('./verify_ledger.py', import.meta.url));
// A version manager's stand-in may come first on the path; Debian's own is faster.
const python = ['/usr/bin/python3', 'python3'].find((name) => {
  try {
    return execaSync(name, ['-c', 'import sqlite3; assert sqlite3.sqlite_version_info >= (3, 37)']).exitCode === 0;
  } catch {
    return false;
  }
});
const envelope = { time: '2026-01-01T00:00:00.000Z', host: 'a', pid: 1, kernel: '0' };

let place: TemporaryLedger;
let anchor: string;

function verdicts(
  path: string,
  noted: boolean,
): { ours: number; theirs: number | undefined; said: string; root: string } {
  const notes = publishedNotes(path, undefined, noted ? [anchor] : []);
  const { code, root, findings } = verifyLedger(path, { notes });
  const { exitCode, stdout } = execaSync(python as string, [program, path, ...(noted ? ['--note', anchor] : [])], {
    reject: false,
  });
  return { ours: code, theirs: exitCode, said: `${findings.join('\n')}\n--\n${stdout}`, root };
}

/** Changes what guards keep, and puts them back. */
function pastGuards(path: string, statements: string): void {
  const store = new Database(path);
  const guards = store.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`).all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of guards) store.exec(`DROP TRIGGER ${name}`);
  store.pragma('foreign_keys = OFF');
  store.exec(statements);
  for (const { sql } of guards) store.exec(sql);
  store.close();
}

const tail =
  'DELETE FROM payload WHERE seq > 290; DELETE FROM entry WHERE seq > 290; DELETE FROM checkpoint WHERE size > 290';
const tamperings: [string, (path: string) => void, number][] = [
  ['nothing', () => undefined, 0],
  ['a body', (path) => pastGuards(path, `UPDATE payload SET body = '{}' WHERE seq = 7`), 1],
  ['an envelope', (path) => pastGuards(path, `UPDATE payload SET env = '{}' WHERE seq = 7`), 1],
  ['a task key', (path) => pastGuards(path, `UPDATE entry SET task_key = 'x' WHERE seq = 7`), 1],
  ['a leaf', (path) => pastGuards(path, 'UPDATE entry SET leaf_hash = zeroblob(32) WHERE seq = 7'), 1],
  ['a missing content', (path) => pastGuards(path, 'UPDATE payload SET body = NULL, env = NULL WHERE seq = 7'), 1],
  [
    'a missing entry',
    (path) => pastGuards(path, 'DELETE FROM payload WHERE seq = 7; DELETE FROM entry WHERE seq = 7'),
    1,
  ],
  ['a tile', (path) => pastGuards(path, 'UPDATE tile SET data = zeroblob(8192) WHERE level = 0'), 1],
  ['a missing tile', (path) => pastGuards(path, 'DELETE FROM tile WHERE level = 1'), 1],
  [
    'a signature',
    (path) =>
      pastGuards(
        path,
        `UPDATE checkpoint SET note = substr(note, 1, length(note) - 20) || 'AAAA' || substr(note, length(note) - 15)`,
      ),
    1,
  ],
  ['a checkpoint’s size', (path) => pastGuards(path, `UPDATE checkpoint SET size = 299 WHERE size = 300`), 1],
  [
    'another key',
    (path) => pastGuards(path, `UPDATE meta SET value = replace(value, '+', '+0') WHERE key = 'vkey/1'`),
    1,
  ],
  ['a dropped guard', (path) => new Database(path).exec('DROP TRIGGER entry_keep').close(), 1],
  ['a tail cut off', (path) => pastGuards(path, tail), 2],
  ['a forged checkpoint beside it', (path) => forge(join(path, '..', 'checkpoint')), 1],
  ['a file cut', (path) => truncateSync(path, 8192), 1],
  ['a file that is no database', (path) => writeFileSync(path, 'garbage '.repeat(1000)), 1],
];

function forge(path: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace(/\n\d+\n/, '\n17\n'));
}

describe('The verifier in Python', () => {
  before(async function () {
    if (!python) {
      console.log('      skipped: there is no python3 on this machine');
      this.skip();
    }
    place = await temporaryLedger();
    fillLedger(
      place.path,
      Array.from({ length: 300 }, (_, index) => newEntry(index + 1, index === 3 ? { body: '{"ü":"€"}' } : {})),
    );
    settle(place.path);
    anchor = anchorPath(ledgerId(place.path));
  });

  after(() => place?.remove());

  for (const [what, change, code] of tamperings)
    it(`agrees with ours on ${what}`, () => {
      const folder = join(place.folder, 'changed');
      rmSync(folder, { recursive: true, force: true });
      cpSync(join(place.path, '..'), folder, { recursive: true });
      const path = join(folder, 'ledger.db');
      change(path);
      settle(path);

      const { ours, theirs, said } = verdicts(path, true);

      assert.deepEqual({ ours, theirs }, { ours: code, theirs: code }, said);
    });

  it('agrees on one that is anchored nowhere, and on the root', () => {
    const { ours, theirs, said, root } = verdicts(place.path, false);

    assert.deepEqual({ ours, theirs }, { ours: 3, theirs: 3 }, said);
    assert.ok(said.includes(`root ${root}`), said);
  });

  it('agrees on a redaction and on a second segment', () => {
    const reader = openReader(place.path);
    const entry = reader.entry(5) as StoredEntry;
    reader.close();
    redactEntry(
      place.path,
      { ...entry, body: { schema: 'ledger.v1', kind: 'aborted', error: { code: 'X', message: 'x' } } },
      'why',
      envelope,
      [],
    );
    openNewSegment(place.path, 'why', envelope, []);
    fillLedger(place.path, [newEntry(400)]);

    const { ours, theirs, said } = verdicts(place.path, true);

    assert.deepEqual({ ours, theirs }, { ours: 0, theirs: 0 }, said);
  });
});

/** Nothing left in the write-ahead log, so that the file can be copied by itself. */
function settle(path: string): void {
  if (!existsSync(path)) return;
  try {
    const store = new Database(path);
    store.pragma('wal_checkpoint(TRUNCATE)');
    store.close();
  } catch {
    // What was changed may be no database any more.
  }
}
