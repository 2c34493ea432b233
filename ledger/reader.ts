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
  /** Its content was removed: by which entry, and why. Body and envelope hold what that entry kept of it. */
  readonly redacted?: { readonly by: number; readonly reason: string };
}

/** Which entries `select` gives; what is left out does not matter. */
export interface Filter {
  readonly task?: string | undefined;
  readonly kind?: string | undefined;
  /** Outcome of a task. */
  readonly status?: string | undefined;
  readonly tool?: string | undefined;
  /** RFC 3339, UTC: at this time or later, as the entry says. */
  readonly since?: string | undefined;
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
  /** The last `limit` entries after entry `after` that fit, newest first. */
  select(limit: number, filter: Filter, after?: number): StoredEntry[];
  close(): void;
}

interface Row {
  seq: number;
  id: string;
  task_key: string;
  kind: string;
  body_hash: Buffer;
  /** Null when it was redacted. */
  body: string | null;
  env: string | null;
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
  const filtered = store.prepare(`${columns} WHERE seq > :after AND (:kind IS NULL OR kind = :kind)
    AND (:task IS NULL OR task_key = :task) AND (:status IS NULL OR body ->> '$.outcome' = :status)
    AND (:tool IS NULL OR body ->> '$.task.tool' = :tool) AND (:since IS NULL OR env ->> '$.time' >= :since)
    ORDER BY seq DESC LIMIT :limit`);
  const redaction = store.prepare(`SELECT seq, body, env FROM entry JOIN payload USING (seq)
    WHERE task_key = ? AND kind = 'kernel' ORDER BY seq LIMIT 1`);
  // A redacted outcome is still the outcome of its line.
  const redactedOfLine = store.prepare(`${columns} WHERE seq IN (SELECT CAST(substr(task_key, 11) AS INTEGER)
    FROM entry JOIN payload USING (seq) WHERE task_key > 'redaction:' AND task_key < 'redaction;' AND kind = 'kernel'
    AND env ->> '$.source.claim' = ? AND env ->> '$.source.line' = ?)
    AND task_key = ? AND kind = 'task' ORDER BY seq DESC LIMIT 1`);

  function stored(row: Row): StoredEntry {
    const { seq, id, kind } = row;
    const bodyHash = `sha256:${row.body_hash.toString('hex')}`;
    const entry = { seq, id, taskKey: row.task_key, kind, bodyHash };
    if (row.body !== null && row.env !== null)
      return { ...entry, body: JSON.parse(row.body), envelope: JSON.parse(row.env) };
    const kept = redaction.get(`redaction:${seq}`) as { seq: number; body: string; env: string };
    return {
      ...entry,
      ...remains(kind, JSON.parse(kept.body).facts),
      envelope: JSON.parse(kept.env),
      redacted: { by: kept.seq, reason: JSON.parse(kept.body).facts.reason },
    };
  }
  function select(limit: number, { kind, task, status, tool, since }: Filter, number: number): StoredEntry[] {
    const values = [kind, task, status, tool, since].map((value) => value ?? null);
    const names = ['kind', 'task', 'status', 'tool', 'since'].map((name, at) => [name, values[at]]);
    return (filtered.all({ ...Object.fromEntries(names), limit, after: number }) as Row[]).map(stored);
  }

  const optional = (row: unknown) => (row === undefined ? undefined : stored(row as Row));

  return {
    outcomeOf: (taskKey) => optional(outcome.get(taskKey)) as StoredEntry<TaskBody> | undefined,
    outcomeOfLine: (taskKey, claim, line) =>
      optional(ofLine.get(taskKey, claim, line) ?? redactedOfLine.get(claim, line, taskKey)) as
        | StoredEntry<TaskBody>
        | undefined,
    latestDone: (taskDigest) => optional(done.get(taskDigest)) as StoredEntry<TaskBody> | undefined,
    entriesOf: (taskKey) => (ofTask.all(taskKey) as Row[]).map(stored),
    entry: (seq) => optional(bySeq.get(seq)),
    unfinished: () => (unfinished.all() as Row[]).map(stored) as StoredEntry<PreparedBody>[],
    after: (seq, limit) => (after.all(seq, limit) as Row[]).map(stored),
    latest: (limit, kind) => select(limit, { kind }, 0),
    select: (limit, filter, after = 0) => select(limit, filter, after),
    close: () => store.close(),
  };
}

/** What is left of a redacted body. */
function remains(kind: string, facts: Record<string, unknown>): { readonly body: Body } {
  const schema = 'ledger.v1';
  const taskDigest = String(facts.taskDigest ?? '');
  const outcome: TaskBody = {
    ...{ schema, kind: 'task', task: null, taskDigest, decisions: [] },
    outcome: facts.outcome as TaskBody['outcome'],
  };
  switch (kind) {
    case 'task':
      return { body: outcome };
    case 'prepared':
      return { body: { schema, kind, outcome } };
    case 'aborted':
      return { body: { schema, kind, error: { code: 'REDACTED', message: 'It was redacted.' } } };
    default:
      return { body: { schema, kind: 'kernel', event: facts.event as KernelBody['event'], facts: {} } };
  }
}
