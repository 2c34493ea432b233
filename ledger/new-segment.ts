// Goes on with a ledger whose loss, of entries or of its key, an operator knows of and accepts: under a new key and a new
// name in its checkpoints, after an entry that says what was published before. The same name never signs two pasts.
import { existsSync, renameSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { fault } from '../contracts/errors.ts';
import type { Envelope, KernelBody } from '../contracts/generated/ledger.v1.ts';
import { newAppender } from './append.ts';
import { canonical } from './canonical.ts';
import { newSigningKey, takeSigningKey } from './key.ts';
import { takeWriterLock } from './lock.ts';
import { publishedNotes } from './published.ts';
import { resumeLedger } from './resume.ts';
import { metaOf, openForWriting, type Store, verifierKeys } from './store.ts';
import { verifyLedger } from './verify.ts';

/** Gives the segment's number and its first entry's. Throws HOME_BUSY; LEDGER_UNUSABLE where what is left does not verify. */
export function openNewSegment(
  path: string,
  reason: string,
  envelope: Envelope,
  targets: readonly string[],
): { segment: number; entry: number } {
  const lock = takeWriterLock(path);
  try {
    const { code, findings } = verifyLedger(path, { notes: [] });
    if (code !== 3) throw new Error(`what is left of it does not verify: ${findings[0]?.replace(/\.$/, '')}`);
    const store = openForWriting(path);
    try {
      return begin(store, path, reason, envelope, targets);
    } finally {
      store.close();
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'HOME_BUSY') throw error;
    throw fault('LEDGER_UNUSABLE', { path, detail: (error as Error).message });
  } finally {
    lock.release();
  }
}

function begin(store: Store, path: string, reason: string, envelope: Envelope, targets: readonly string[]) {
  const id = String(metaOf(store, 'id'));
  const segment = verifierKeys(store).length + 1;
  const published = publishedNotes(path, id, targets);
  const signer = newSigningKey(path, `arbiter.ledger/${id}/${segment}`);
  const key = signer.verifierKey;
  const facts = { segment, key, reason, published: published.map(({ where, text }) => ({ where, note: text })) };
  const body: KernelBody = { schema: 'ledger.v1', kind: 'kernel', event: 'recovery', facts };
  const appender = newAppender(store, signer);
  const write = store.transaction(() => {
    store.prepare('INSERT INTO meta VALUES (?, ?)').run(`vkey/${segment}`, key);
    const entry = {
      id: uuidv7(),
      taskKey: `segment:${segment}`,
      kind: 'kernel',
      body: canonical(body),
      env: canonical(envelope),
    };
    return appender.append([entry])[0] as number;
  });
  const entry = write.immediate();
  takeSigningKey(path, key);
  // Kept, not overwritten: they are what shows the loss. After a crash before this the ledger is refused once more.
  for (const { where } of published) if (existsSync(where)) renameSync(where, `${where}.segment-${segment - 1}`);
  resumeLedger(path, targets).store.close();
  return { segment, entry };
}
