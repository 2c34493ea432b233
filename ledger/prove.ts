// Proves that an entry is in the ledger, to whoever has the verifier key and nothing else (c2sp.org/tlog-proof).
import { leafTexts } from './leaves.ts';
import type { Store } from './store.ts';
import { newStoredTree } from './tiles.ts';

/**
 * The proof of entry `seq` as text; its extra data are the lines that the entry's leaf hash is taken over. Null where no
 * checkpoint covers the entry yet. Throws Error where the tree in the file does not hold together.
 */
export function proveEntry(store: Store, seq: number): string | null {
  const latest = store.prepare('SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1').get();
  const { size, note } = (latest as { size: number; note: string } | undefined) ?? { size: 0, note: '' };
  if (size < seq) return null;
  const [leaf] = leafTexts(store, seq, seq);
  const path = newStoredTree(store).inclusion(seq - 1, size);
  const lines = [
    'c2sp.org/tlog-proof@v1',
    `extra ${Buffer.from(leaf as string).toString('base64')}`,
    `index ${seq - 1}`,
    ...path.map((node) => node.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${note}`;
}
