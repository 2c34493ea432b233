// Opens ledger.db: for writing with full durability, or for reading beside a writer.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import { fault } from '../contracts/errors.ts';
import { createTables } from './schema.ts';

export type Store = Database.Database;

/** SQLite before this release can lose a WAL that was reset while being read. */
const oldestSqlite = [3, 51, 3] as const;

/** Opens the ledger at `path` for the one writer, and creates it if it is not there. */
export function openForWriting(path: string): Store {
  mkdirSync(dirname(path), { recursive: true });
  const store = new Database(path);
  refuseOldSqlite(store);
  store.pragma('journal_mode = WAL');
  // Under NORMAL, the default in WAL mode, acknowledged entries are lost in a power cut, and what is left still
  // verifies.
  store.pragma('synchronous = FULL');
  store.pragma('foreign_keys = ON');
  store.exec(createTables);
  store.prepare(`INSERT OR IGNORE INTO meta VALUES ('schema', 'ledger.v1'), ('id', ?)`).run(uuidv7());
  return store;
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
