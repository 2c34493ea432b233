// Appends a group of entries in one transaction, which costs one fsync however many they are.
import { type Leaf, leafHash, noLeaf, sha256 } from './chain.ts';
import type { Store } from './store.ts';

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
  readonly head: Head;
}

export function newAppender(store: Store): Appender {
  const last = store.prepare('SELECT seq, leaf_hash AS leaf FROM entry ORDER BY seq DESC LIMIT 1');
  const numberOf = store.prepare('SELECT seq FROM entry WHERE id = ?').pluck();
  const insertEntry = store.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)');
  const insertPayload = store.prepare('INSERT INTO payload VALUES (?, ?, ?)');
  let head = (last.get() as Head | undefined) ?? { seq: 0, leaf: noLeaf };

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
      previous = hash;
      return seq;
    });
    return { numbers, head: { seq, leaf: previous } };
  });

  // The first append of an appender may repeat what a lost one wrote: after an fsync error the row can be there.
  let first = true;
  return {
    append(entries) {
      const appended = appendAll.immediate(entries, first);
      first = false;
      head = appended.head;
      return appended.numbers;
    },
    get head() {
      return head;
    },
  };
}
