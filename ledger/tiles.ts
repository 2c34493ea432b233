// The stored tree: its tiles, the root at any size, and the way from a leaf to a root.
import type Database from 'better-sqlite3';
import { emptyRoot, type Frontier, hashBytes, newFrontier, nodeHash, tileWidth } from './merkle.ts';

export interface StoredTree {
  /** The root over the first `size` leaves. Throws where a tile is missing. */
  root(size: number): Buffer;
  /** The hashes that lead from leaf `index` (from 0) to the root at `size`, as in RFC 6962, 2.1.1. */
  inclusion(index: number, size: number): Buffer[];
  /** Goes on with the tree at `size` leaves. */
  frontier(size: number): Frontier;
  /** The first `count` hashes of a tile, or fewer where there are not that many. */
  tile(level: number, index: number, count: number): Buffer;
}

export function newStoredTree(store: Database.Database): StoredTree {
  const stored = store.prepare('SELECT data FROM tile WHERE level = ? AND idx = ?').pluck();
  const leaves = store.prepare('SELECT leaf_hash FROM entry WHERE seq > ? ORDER BY seq LIMIT ?').pluck();

  function tile(level: number, index: number, count: number): Buffer {
    const data = stored.get(level, index) as Buffer | undefined;
    if (data) return data.subarray(0, count * hashBytes);
    if (level > 0) throw new Error(`tile ${level}/${index} is missing`);
    return Buffer.concat(leaves.all(index * tileWidth, count) as Buffer[]);
  }

  /** The root of a complete subtree: `width` leaves, a power of two, from `begin` on. */
  function complete(begin: number, width: number): Buffer {
    let level = 0;
    while (width >= tileWidth ** (level + 1)) level += 1;
    const unit = tileWidth ** level;
    const [first, count] = [begin / unit, width / unit];
    const offset = first % tileWidth;
    const data = tile(level, Math.floor(first / tileWidth), offset + count);
    if (data.length < (offset + count) * hashBytes) throw new Error(`tile ${level}/${first} is incomplete`);
    let nodes = Array.from({ length: count }, (_, at) =>
      data.subarray((offset + at) * hashBytes, (offset + at + 1) * hashBytes),
    );
    while (nodes.length > 1)
      nodes = nodes.flatMap((node, at) => (at % 2 === 0 ? [nodeHash(node, nodes[at + 1] as Buffer)] : []));
    return nodes[0] as Buffer;
  }

  function range(begin: number, count: number): Buffer {
    const left = largestPowerBelow(count);
    return left * 2 === count || count === 1
      ? complete(begin, count)
      : nodeHash(complete(begin, left), range(begin + left, count - left));
  }

  function path(leaf: number, begin: number, count: number): Buffer[] {
    if (count === 1) return [];
    const left = largestPowerBelow(count);
    return leaf < left
      ? [...path(leaf, begin, left), range(begin + left, count - left)]
      : [...path(leaf - left, begin + left, count - left), complete(begin, left)];
  }

  return {
    tile,
    root: (size) => (size === 0 ? emptyRoot : range(0, size)),
    inclusion: (index, size) => path(index, 0, size),
    frontier: (size) => newFrontier(size, (level, index) => tile(level, index, tileWidth)),
  };
}

const rowsAtATime = 10_000;

/** Gives a ledger that was made before there were tiles all that belong to its entries. */
export function fillTiles(store: Database.Database): void {
  const leaves = store.prepare('SELECT leaf_hash FROM entry WHERE seq > ? ORDER BY seq LIMIT ?').pluck();
  const insert = store.prepare('INSERT INTO tile VALUES (?, ?, ?)');
  const frontier = newStoredTree(store).frontier(0);
  for (;;) {
    const some = leaves.all(frontier.size, rowsAtATime) as Buffer[];
    if (some.length === 0) break;
    for (const leaf of some) frontier.add(leaf);
  }
  for (const { level, index, data } of frontier.changedTiles()) insert.run(level, index, data);
}

/** The largest power of two that is smaller than `count`; 1 for 1. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
