// One writer per ledger. The lock is a SQLite file of its own, so that ledger.db stays readable to everyone, and the
// operating system lets go of it however the process ends.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { fault } from '../contracts/errors.ts';

export interface WriterLock {
  release(): void;
}

/** Takes the writer's lock of the ledger at `path`; throws HOME_BUSY when another process has it. */
export function takeWriterLock(path: string): WriterLock {
  mkdirSync(dirname(path), { recursive: true });
  const file = new Database(join(dirname(path), 'writer.lock'), { timeout: 0 });
  try {
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY'))
      throw fault('HOME_BUSY', { path: dirname(dirname(path)) });
    throw error;
  }
  return { release: () => file.close() };
}
