// Appends a group of entries in one transaction, which costs one fsync however many they are. Tiles and checkpoints that
// become due are written in the same transaction: whatever is durable is covered by the tree.
import { type Leaf, leafHash, noLeaf, sha256 } from './chain.ts';
import { checkpointText } from './checkpoint.ts';
import type { Frontier } from './merkle.ts';
import type { Signer } from './note.ts';
import type { Store } from './store.ts';
import { newStoredTree } from './tiles.ts';

/** An entry to be appended. `body` and `env` are canonical JSON; `id` makes a repeated append harmless. */
export interface NewEntry {
  readonly id: string;
  readonly taskKey: string;
  readonly kind: string;
  readonly body: string;
  readonly env: string;
}

/** Where the ledger ends: number and leaf hash of the last entry. */
export interface Head {
  readonly seq: number;
  readonly leaf: Buffer;
}

export interface Appender {
  /** Appends and gives the sequence numbers, in order. An entry whose id is there already keeps its number. */
  append(entries: readonly NewEntry[]): number[];
  /** Signs a checkpoint over everything, unless there is one. Gives the latest one; null without a signer. */
  checkpoint(): string | null;
  readonly head: Head;
  /** The latest checkpoint, or null where there is none. */
  readonly latest: string | null;
}

/** A checkpoint is due after so many entries, or so long after the one before. */
const [checkpointEvery, checkpointEveryMs] = [1000, 1000];

export function newAppender(store: Store, signer: Signer | null = null): Appender {
  const last = store.prepare('SELECT seq, leaf_hash AS leaf FROM entry ORDER BY seq DESC LIMIT 1');
  const numberOf = store.prepare('SELECT seq FROM entry WHERE id = ?').pluck();
  const insertEntry = store.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)');
  const insertPayload = store.prepare('INSERT INTO payload VALUES (?, ?, ?)');
  const insertTile = store.prepare('INSERT INTO tile VALUES (?, ?, ?)');
  const growTile = store.prepare('UPDATE tile SET data = ? WHERE level = ? AND idx = ?');
  const insertCheckpoint = store.prepare('INSERT INTO checkpoint VALUES (?, ?)');
  const lastCheckpoint = store.prepare('SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1');

  let head: Head;
  let frontier: Frontier;
  let latest: { readonly size: number; readonly note: string };
  let signedAt = Date.now();

  function load(): void {
    head = (last.get() as Head | undefined) ?? { seq: 0, leaf: noLeaf };
    frontier = newStoredTree(store).frontier(head.seq);
    latest = (lastCheckpoint.get() as typeof latest | undefined) ?? { size: -1, note: '' };
  }

  function writeTree(): void {
    for (const { level, index, data, fresh } of frontier.changedTiles())
      if (fresh) insertTile.run(level, index, data);
      else if (growTile.run(data, level, index).changes !== 1) throw new Error(`tile ${level}/${index} is missing`);
  }

  function signHead(seq: number): void {
    if (!signer || seq === latest.size) return;
    const note = signer.sign(checkpointText(signer.name, seq, frontier.root()));
    insertCheckpoint.run(seq, note);
    latest = { size: seq, note };
    signedAt = Date.now();
  }

  const appendAll = store.transaction((entries: readonly NewEntry[], repeated: boolean) => {
    let { seq, leaf: previous } = head;
    const numbers = entries.map((entry) => {
      const present = repeated ? (numberOf.get(entry.id) as number | undefined) : undefined;
      if (present !== undefined) return present;
      seq += 1;
      const bodyHash = sha256(entry.body);
      const envHash = sha256(entry.env);
      const leaf: Leaf = { seq, id: entry.id, taskKey: entry.taskKey, kind: entry.kind, bodyHash, envHash, previous };
      const hash = leafHash(leaf);
      insertEntry.run(seq, entry.id, entry.taskKey, entry.kind, bodyHash, envHash, hash);
      insertPayload.run(seq, entry.body, entry.env);
      frontier.add(hash);
      previous = hash;
      return seq;
    });
    writeTree();
    if (seq - latest.size >= checkpointEvery || Math.abs(Date.now() - signedAt) >= checkpointEveryMs) signHead(seq);
    return { numbers, head: { seq, leaf: previous } };
  });
  const signAll = store.transaction(() => signHead(head.seq));

  /** What a failed transaction left in memory is not what stands in the file. */
  function orReload<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      // The file may be unusable by now: then the next append says so.
      try {
        load();
      } catch {}
      throw error;
    }
  }

  // The first append of an appender may repeat what a lost one wrote: after an fsync error the row can be there.
  let first = true;
  load();
  return {
    append(entries) {
      const appended = orReload(() => appendAll.immediate(entries, first));
      first = false;
      head = appended.head;
      return appended.numbers;
    },
    checkpoint() {
      orReload(() => signAll.immediate());
      return latest.note || null;
    },
    get head() {
      return head;
    },
    get latest() {
      return latest.note || null;
    },
  };
}
