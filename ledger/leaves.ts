// The leaves' lines as they were hashed, read back from the entries.
import { type Leaf, leafText, noLeaf } from './chain.ts';
import type { Store } from './store.ts';

type LeafRow = Omit<Leaf, 'previous'> & { readonly leaf: Buffer };

const columns =
  'SELECT seq, id, task_key AS taskKey, kind, body_hash AS bodyHash, env_hash AS envHash, leaf_hash AS leaf FROM entry';

/** The lines of the entries from `first` to `last`, by number. */
export function* leafTexts(store: Store, first: number, last: number): Generator<string> {
  const before = store
    .prepare('SELECT leaf_hash FROM entry WHERE seq = ?')
    .pluck()
    .get(first - 1);
  let previous = (before as Buffer | undefined) ?? noLeaf;
  const rows = store.prepare(`${columns} WHERE seq BETWEEN ? AND ? ORDER BY seq`);
  for (const { leaf, ...row } of rows.iterate(first, last) as IterableIterator<LeafRow>) {
    yield leafText({ ...row, previous });
    previous = leaf;
  }
}
