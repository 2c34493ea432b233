import assert from 'node:assert/strict';
import { fillLedger, newEntry, type TemporaryLedger, temporaryLedger } from './fixtures/temporary-ledger.ts';
import { newFrontier } from './merkle.ts';
import { openForReading, type Store } from './store.ts';
import { newStoredTree, type StoredTree } from './tiles.ts';
import { leadsToRoot } from './verify-tree.ts';

const size = 1500;
let place: TemporaryLedger;
let store: Store;
let tree: StoredTree;
let leaves: Buffer[];

describe('The stored tree', () => {
  before(async () => {
    place = await temporaryLedger();
    fillLedger(
      place.path,
      Array.from({ length: size }, (_, index) => newEntry(index)),
    );
    store = openForReading(place.path);
    tree = newStoredTree(store);
    leaves = store.prepare('SELECT leaf_hash FROM entry ORDER BY seq').pluck().all() as Buffer[];
  });

  after(async () => {
    store.close();
    await place.remove();
  });

  it('knows the root at every earlier size', () => {
    const frontier = newFrontier(0, () => Buffer.alloc(0));
    for (let at = 0; at <= size; at++) {
      if (at % 61 === 0 || at % 256 < 2 || at === size) assert.deepEqual(tree.root(at), frontier.root(), `at ${at}`);
      if (at < size) frontier.add(leaves[at] as Buffer);
    }
  });

  it('leads from any leaf to the root at any size', () => {
    for (const total of [1, 2, 3, 255, 256, 257, 700, 1024, 1499, 1500])
      for (let index = 0; index < total; index += 1 + Math.floor(total / 20)) {
        const path = tree.inclusion(index, total);
        assert.ok(leadsToRoot(leaves[index] as Buffer, index, total, path, tree.root(total)), `${index} of ${total}`);
      }
  });
});
