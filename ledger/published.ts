// What was published of a ledger, read back.
import { anchorPath, readNote } from './anchor.ts';
import { sidecarPath } from './beside.ts';
import { metaOf, openForReading } from './store.ts';
import type { PublishedNote } from './verify.ts';

/** The checkpoints of the ledger `id` at `path` as they stand beside it, outside the home, and in `targets`. */
export function publishedNotes(path: string, id: string | undefined, targets: readonly string[] = []): PublishedNote[] {
  const outside = id === undefined ? targets : [anchorPath(id), ...targets];
  return [noteAt(sidecarPath(path), false), ...outside.map((target) => noteAt(target, true))].filter(
    (note) => note !== null,
  );
}

/** The same for a ledger whose id is not known yet. */
export function notesOf(path: string, targets: readonly string[] = []): PublishedNote[] {
  return publishedNotes(path, idOf(path), targets);
}

/** Undefined where the file does not say: what is wrong with it is for the verifier to find. */
function idOf(path: string): string | undefined {
  try {
    const store = openForReading(path);
    try {
      return metaOf(store, 'id');
    } finally {
      store.close();
    }
  } catch {
    return undefined;
  }
}

function noteAt(where: string, outside: boolean): PublishedNote | null {
  const text = readNote(where);
  return text === null ? null : { where, text, outside };
}
