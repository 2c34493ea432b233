// Opens ledger.db: for writing with full durability, or for reading beside a writer. Nothing that was there is repaired:
// a ledger of an older layout is brought up to date, and anything else that does not fit is refused.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import { fault } from '../contracts/errors.ts';
import { tracesOfLedger } from './beside.ts';
import { newSigningKey } from './key.ts';
import { createGuards, createTables, layout } from './schema.ts';
import { fillTiles } from './tiles.ts';

export type Store = Database.Database;

/** SQLite before this release can lose a WAL that was reset while being read. */
const oldestSqlite = [3, 51, 3] as const;

/**
 * Opens the ledger at `path` for the one writer, and creates it if there never was one. Throws Error with the reason
 * where the file is not what the notes beside it, or its own layout, say that it is.
 */
export function openForWriting(path: string): Store {
  mkdirSync(dirname(path), { recursive: true });
  const traces = tracesOfLedger(path);
  const there = existsSync(path) && statSync(path).size > 0;
  if (!there && traces.length > 0)
    throw new Error(`it is ${existsSync(path) ? 'empty' : 'gone'}, and ${traces.join(' and ')} say that there was one`);
  const store = new Database(path);
  try {
    refuseOldSqlite(store);
    store.pragma('journal_mode = WAL');
    // Under NORMAL, the default in WAL mode, acknowledged entries are lost in a power cut, and what is left still
    // verifies.
    store.pragma('synchronous = FULL');
    store.pragma('foreign_keys = ON');
    store.transaction(() => prepare(store, path, traces)).immediate();
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

function prepare(store: Store, path: string, traces: readonly string[]): void {
  const names = store.prepare('SELECT name FROM sqlite_schema').pluck().all() as string[];
  if (names.length > 0 && !names.includes('meta')) throw new Error('it is a database, and no ledger');
  const known = names.length > 0 ? metaOf(store, 'layout') : undefined;
  if (known === layout) return demandLayout(store);
  if (known !== undefined) throw new Error(`it has the layout ${known}; this release knows up to ${layout}`);
  if (traces.length > 0)
    throw new Error(`it is older than ${traces.join(' and ')}, or it was copied without its write-ahead log`);
  if (names.length > 0) for (const name of guards(store)) store.exec(`DROP TRIGGER ${name}`);
  store.exec(createTables);
  fillTiles(store);
  const setMeta = store.prepare('INSERT INTO meta VALUES (?, ?)');
  if (names.length === 0) setMeta.run('schema', 'ledger.v1');
  const id = metaOf(store, 'id') ?? uuidv7();
  if (names.length === 0) setMeta.run('id', id);
  setMeta.run('layout', layout);
  setMeta.run('vkey/1', newSigningKey(path, `arbiter.ledger/${id}`).verifierKey);
  store.exec(createGuards);
}

/** Throws unless every table, index and guard is there as it was made. */
function demandLayout(store: Store): void {
  const expected = new Database(':memory:');
  expected.exec(createTables + createGuards);
  const [found, wanted] = [schemaOf(store), schemaOf(expected)];
  expected.close();
  for (const [name, sql] of wanted)
    if (found.get(name) !== sql)
      throw new Error(`its ${name} is ${found.has(name) ? 'not as it was made' : 'missing'}`);
  for (const name of found.keys())
    if (!wanted.has(name)) throw new Error(`there is a ${name} that does not belong there`);
}

function schemaOf(store: Store): Map<string, string> {
  const rows = store.prepare(`SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'`).all();
  return new Map(
    (rows as { type: string; name: string; sql: string }[]).map((row) => [`${row.type} ${row.name}`, row.sql]),
  );
}

function guards(store: Store): string[] {
  return store.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).pluck().all() as string[];
}

/** A fact of the ledger about itself, such as its `id`. */
export function metaOf(store: Store, key: string): string | undefined {
  return store.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(key) as string | undefined;
}

/** One verifier key for each segment, oldest first. */
export function verifierKeys(store: Store): string[] {
  const keys: string[] = [];
  for (let key = metaOf(store, 'vkey/1'); key !== undefined; key = metaOf(store, `vkey/${keys.length + 1}`))
    keys.push(key);
  return keys;
}

/** Opens the ledger at `path` for reading; it may be written to meanwhile. Throws LEDGER_UNUSABLE when it is not there. */
export function openForReading(path: string): Store {
  if (!existsSync(path)) throw fault('LEDGER_UNUSABLE', { path, detail: 'there is no such file' });
  const store = new Database(path, { readonly: true });
  store.pragma('query_only = ON');
  return store;
}

function refuseOldSqlite(store: Store): void {
  const version = String(store.prepare('SELECT sqlite_version()').pluck().get());
  const parts = version.split('.').map(Number);
  for (const [place, oldest] of oldestSqlite.entries()) {
    const part = parts[place] ?? 0;
    if (part > oldest) return;
    if (part < oldest) throw new Error(`SQLite ${version} is older than ${oldestSqlite.join('.')} and can lose a WAL.`);
  }
}
