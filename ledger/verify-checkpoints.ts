// Whether the checkpoints in a ledger are signed by its keys and say what its tree has. Part of the verifier.
import type Database from 'better-sqlite3';
import type { KnownKeys } from './verify-keys.ts';
import { readCheckpoint } from './verify-note.ts';

export interface CheckpointCheck {
  /** To be called with each size that the tree has, in order, and with Infinity at the end. */
  at(root: () => string, size: number): void;
  readonly checked: number;
  end(): void;
}

/** Checks each checkpoint when the tree has its size. Those before the tree's size were passed, those after are too long. */
export function newCheckpointCheck(
  store: Database.Database,
  { keyAt }: KnownKeys,
  find: (sentence: string) => void,
): CheckpointCheck {
  let checked = 0;
  const rows = store.prepare('SELECT size, note FROM checkpoint ORDER BY size').iterate() as IterableIterator<{
    size: number;
    note: string;
  }>;
  let next = rows.next();
  const end = () => void rows.return?.();
  const at = (root: () => string, size: number): void => {
    while (!next.done && next.value.size <= size) {
      const { size: stated, note } = next.value;
      next = rows.next();
      checked += 1;
      const said = readCheckpoint(note);
      if (said?.size !== stated) find(`The checkpoint at ${stated} does not say ${stated}.`);
      else if (stated !== size) find(`There is a checkpoint over ${stated} entries, and they are not there.`);
      else if (!keyAt(size)?.signs(note, said.origin))
        find(`The checkpoint over ${size} entries is not signed by the ledger's key.`);
      else if (said.root.toString('base64') !== root())
        find(`The checkpoint over ${size} entries has another root than they have.`);
    }
  };
  return {
    at,
    end,
    get checked() {
      return checked;
    },
  };
}
