// Copies a ledger while it is written to, and puts the copy into place only once it has been verified.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { fault } from '../contracts/errors.ts';
import { openForReading } from './store.ts';
import { type PublishedNote, type Verdict, verifyLedger } from './verify.ts';

/** Backs up the ledger at `path` to `file`, which must not be there. Throws BACKUP_REFUSED where the copy does not verify. */
export async function backUpLedger(path: string, file: string, notes: readonly PublishedNote[]): Promise<Verdict> {
  if (existsSync(file)) throw fault('BACKUP_REFUSED', { file, detail: 'there is a file of that name' });
  const half = `${file}.half`;
  rmSync(half, { force: true });
  try {
    const store = openForReading(path);
    try {
      await store.backup(half);
    } finally {
      store.close();
    }
    const verdict = verifyLedger(half, { notes });
    if (verdict.code === 1 || verdict.code === 2)
      throw fault('BACKUP_REFUSED', { file, detail: verdict.findings[0]?.replace(/\.$/, '') ?? 'it does not verify' });
    const written = openSync(half, 'r');
    fsyncSync(written);
    closeSync(written);
    renameSync(half, file);
    return verdict;
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(half + suffix, { force: true });
  }
}
