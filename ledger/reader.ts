// Reads entries beside the writer.
import type { AbortedBody, Envelope, KernelBody, PreparedBody, TaskBody } from '../contracts/generated/ledger.v1.ts';
import { openForReading } from './store.ts';

export type Body = TaskBody | PreparedBody | AbortedBody | KernelBody;

export interface StoredEntry<B extends Body = Body> {
  readonly seq: number;
  readonly id: string;
  readonly taskKey: string;
  readonly kind: string;
  /** `sha256:<hex>` of the body's stored bytes. */
  readonly bodyHash: string;
  readonly body: B;
  readonly envelope: Envelope;
}

export interface LedgerReader {
  /** The latest outcome of a task, or undefined. */
  outcomeOf(taskKey: string): StoredEntry<TaskBody> | undefined;
  /** The outcome that a task got from one line, or undefined: an id may have come from several. */
  outcomeOfLine(taskKey: string, claim: string, line: number): StoredEntry<TaskBody> | undefined;
  /** The latest outcome "done" of a task with this digest among the last 10,000 entries: the same content under any id. */
  latestDone(taskDigest: string): StoredEntry<TaskBody> | undefined;
  /** Every entry of a task, oldest first. */
  entriesOf(taskKey: string): StoredEntry[];
  entry(seq: number): StoredEntry | undefined;
  /** Prepared entries that neither an outcome nor an abort of the same task follows. */
  unfinished(): StoredEntry<PreparedBody>[];
  /** Entries after `after`, oldest first, at most `limit`. */
  after(after: number, limit: number): StoredEntry[];
  /** The last `limit` entries, newest first, of one kind when it is given. */
  latest(limit: number, kind?: string): StoredEntry[];
  close(): void;
}

interface Row {
  seq: number;
  id: string;
  task_key: string;
  kind: string;
  body_hash: Buffer;
  body: string;
  env: string;
}

const columns = `SELECT seq, id, task_key, kind, body_hash, body, env FROM entry JOIN payload USING (seq)`;

/** Opens the ledger at `path`. Throws LEDGER_UNUSABLE when it is not there. */
export function openReader(path: string): LedgerReader {
  const store = openForReading(path);
  const outcome = store.prepare(`${columns} WHERE task_key = ? AND kind = 'task' ORDER BY seq DESC LIMIT 1`);
  const ofLine = store.prepare(`${columns} WHERE task_key = ? AND kind = 'task'
    AND env ->> '$.source.claim' = ? AND env ->> '$.source.line' = ? ORDER BY seq DESC LIMIT 1`);
  const ofTask = store.prepare(`${columns} WHERE task_key = ? ORDER BY seq`);
  const done =
    store.prepare(`SELECT * FROM (${columns} WHERE kind = 'task' AND seq > (SELECT max(seq) FROM entry) - 10000)
    WHERE body ->> '$.taskDigest' = ? AND body ->> '$.outcome' = 'done' ORDER BY seq DESC LIMIT 1`);
  const bySeq = store.prepare(`${columns} WHERE seq = ?`);
  const unfinished = store.prepare(`${columns} WHERE kind = 'prepared' AND NOT EXISTS
    (SELECT 1 FROM entry AS later WHERE later.task_key = entry.task_key AND later.kind IN ('task', 'aborted') AND later.seq > entry.seq) ORDER BY seq`);
  const after = store.prepare(`${columns} WHERE seq > ? ORDER BY seq LIMIT ?`);
  const latest = store.prepare(`${columns} WHERE :kind IS NULL OR kind = :kind ORDER BY seq DESC LIMIT :limit`);

  return {
    outcomeOf: (taskKey) => optional(outcome.get(taskKey)) as StoredEntry<TaskBody> | undefined,
    outcomeOfLine: (taskKey, claim, line) =>
      optional(ofLine.get(taskKey, claim, line)) as StoredEntry<TaskBody> | undefined,
    latestDone: (taskDigest) => optional(done.get(taskDigest)) as StoredEntry<TaskBody> | undefined,
    entriesOf: (taskKey) => (ofTask.all(taskKey) as Row[]).map(stored),
    entry: (seq) => optional(bySeq.get(seq)),
    unfinished: () => (unfinished.all() as Row[]).map(stored) as StoredEntry<PreparedBody>[],
    after: (seq, limit) => (after.all(seq, limit) as Row[]).map(stored),
    latest: (limit, kind) => (latest.all({ kind: kind ?? null, limit }) as Row[]).map(stored),
    close: () => store.close(),
  };
}

function optional(row: unknown): StoredEntry | undefined {
  return row === undefined ? undefined : stored(row as Row);
}

function stored(row: Row): StoredEntry {
  return {
    seq: row.seq,
    id: row.id,
    taskKey: row.task_key,
    kind: row.kind,
    bodyHash: `sha256:${row.body_hash.toString('hex')}`,
    body: JSON.parse(row.body),
    envelope: JSON.parse(row.env),
  };
}
