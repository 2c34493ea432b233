// Removes the content of an entry by an entry of its own. Hashes, tree and chain stay, so everything still verifies; what
// the kernel needs to keep its promise about the task (outcome, digest, line) goes into the entry that removes.
import { v7 as uuidv7 } from 'uuid';
import { fault } from '../contracts/errors.ts';
import type { Envelope, KernelBody } from '../contracts/generated/ledger.v1.ts';
import { canonical } from './canonical.ts';
import { takeWriterLock } from './lock.ts';
import type { StoredEntry } from './reader.ts';
import { type OpenLedger, resumeLedger } from './resume.ts';
import type { Store } from './store.ts';

export interface Redaction {
  /** The number of the entry that removes. */
  readonly by: number;
  /** False while somebody reads: then the write-ahead log holds the bytes until it is written back. */
  readonly purged: boolean;
}

/** Throws HOME_BUSY, LEDGER_UNUSABLE, REDACTION_REFUSED. */
export function redactEntry(
  path: string,
  entry: StoredEntry,
  reason: string,
  envelope: Envelope,
  targets: readonly string[],
): Redaction {
  const { seq, taskKey, kind, body } = entry;
  if (entry.redacted)
    throw fault('REDACTION_REFUSED', { seq, detail: `entry ${entry.redacted.by} has redacted it already` });
  if (kind === 'kernel' && taskKey !== 'kernel')
    throw fault('REDACTION_REFUSED', { seq, detail: 'it says what was done to the ledger itself' });
  const facts: Record<string, unknown> = { entry: seq, kind, reason };
  if (body.kind === 'prepared')
    Object.assign(facts, { outcome: body.outcome.outcome, taskDigest: body.outcome.taskDigest });
  if (body.kind === 'task') Object.assign(facts, { outcome: body.outcome, taskDigest: body.taskDigest });
  if (body.kind === 'kernel') Object.assign(facts, { event: body.event });
  const redaction: KernelBody = { schema: 'ledger.v1', kind: 'kernel', event: 'redacted', facts };
  const { source } = entry.envelope;
  const env: Envelope = { ...envelope, ...(source && { source }) };

  const lock = takeWriterLock(path);
  try {
    const { store, appender, publisher } = resumed(path, targets);
    try {
      // The bytes are to be gone, not only out of reach.
      store.pragma('secure_delete = ON');
      if (kind === 'prepared' && isOpen(store, entry))
        throw fault('REDACTION_REFUSED', { seq, detail: 'recovery needs it: its task has no outcome yet' });
      const clear = store.prepare('UPDATE payload SET body = NULL, env = NULL WHERE seq = ?');
      const remove = store.transaction(() => {
        const [number] = appender.append([
          {
            id: uuidv7(),
            taskKey: `redaction:${seq}`,
            kind: 'kernel',
            body: canonical(redaction),
            env: canonical(env),
          },
        ]);
        clear.run(seq);
        return number as number;
      });
      const number = remove.immediate();
      publisher.publish(appender.checkpoint() as string, true);
      const [log] = store.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      return { by: number, purged: log?.busy === 0 };
    } finally {
      store.close();
    }
  } finally {
    lock.release();
  }
}

function isOpen(store: Store, { taskKey, seq }: StoredEntry): boolean {
  const later = `SELECT 1 FROM entry WHERE task_key = ? AND kind IN ('task', 'aborted') AND seq > ?`;
  return store.prepare(later).get(taskKey, seq) === undefined;
}

function resumed(path: string, targets: readonly string[]): OpenLedger {
  try {
    return resumeLedger(path, targets);
  } catch (error) {
    throw fault('LEDGER_UNUSABLE', { path, detail: (error as Error).message });
  }
}
