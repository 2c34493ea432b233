// The Merkle tree of RFC 6962 as it grows: what has to be kept of it to add a leaf, and the tiles that become due. A tile
// of level L holds up to 256 hashes of subtrees of height 8·L (c2sp.org/tlog-tiles); one of level 0 is stored once it is
// full, because its hashes stand in the entries until then.
import { sha256 } from './chain.ts';

export const tileWidth = 256;
export const hashBytes = 32;
const tileHeight = 8;

/** A tile as it is to be stored: `fresh` when there is no row of it yet. */
export interface ChangedTile {
  readonly level: number;
  readonly index: number;
  readonly data: Buffer;
  readonly fresh: boolean;
}

export interface Frontier {
  readonly size: number;
  add(leaf: Buffer): void;
  /** The root over all leaves so far. */
  root(): Buffer;
  /** Tiles that changed since the last call. */
  changedTiles(): ChangedTile[];
}

interface Level {
  /** Full tiles before the partial one. */
  full: number;
  partial: Buffer[];
  /** Hashes of the partial tile that are stored already. */
  stored: number;
}

const pair = Buffer.alloc(1 + 2 * hashBytes, 1);

/** The hash of an inner node: SHA-256 over 0x01 and both children. */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(pair, 1);
  right.copy(pair, 1 + hashBytes);
  return sha256(pair);
}

/** The root of a tree without leaves. */
export const emptyRoot: Buffer = sha256('');

/** How many hashes level `level` has in a tree of `size` leaves. */
export function widthOf(size: number, level: number): number {
  return Math.floor(size / tileWidth ** level);
}

/** Goes on with a tree of `size` leaves; `partialTile` gives the last, partial tile of a level. */
export function newFrontier(size: number, partialTile: (level: number, index: number) => Buffer): Frontier {
  const levels: Level[] = [];
  // Roots of the complete subtrees that the leaves fall into, by height.
  const peaks: (Buffer | undefined)[] = [];
  let changed: ChangedTile[] = [];
  let leaves = size;

  const levelOf = (level: number) => (levels[level] ??= { full: 0, partial: [], stored: 0 });

  function merge(node: Buffer, height: number, onNode: (node: Buffer, height: number) => void): void {
    let [top, at] = [node, height];
    for (let left = peaks[at]; left; left = peaks[at]) {
      top = nodeHash(left, top);
      peaks[at] = undefined;
      at += 1;
      onNode(top, at);
    }
    peaks[at] = top;
  }

  function put(node: Buffer, height: number): void {
    if (height % tileHeight !== 0) return;
    const level = height / tileHeight;
    const here = levelOf(level);
    here.partial.push(node);
    if (here.partial.length < tileWidth) return;
    changed.push({ level, index: here.full, data: Buffer.concat(here.partial), fresh: here.stored === 0 });
    here.full += 1;
    here.partial = [];
    here.stored = 0;
  }

  let top = 0;
  while (widthOf(size, top + 1) > 0) top += 1;
  for (let level = top; level >= 0; level--) {
    const here = levelOf(level);
    const width = widthOf(size, level);
    here.full = Math.floor(width / tileWidth);
    const count = width % tileWidth;
    if (count === 0) continue;
    const data = partialTile(level, here.full);
    if (data.length !== count * hashBytes) throw new Error(`tile ${level}/${here.full} is incomplete`);
    for (let at = 0; at < data.length; at += hashBytes) here.partial.push(data.subarray(at, at + hashBytes));
    // Those of level 0 stand in the entries alone until their tile is full.
    here.stored = level === 0 ? 0 : count;
    for (const node of here.partial) merge(node, level * tileHeight, () => undefined);
  }

  return {
    get size() {
      return leaves;
    },
    add(leaf) {
      leaves += 1;
      put(leaf, 0);
      merge(leaf, 0, put);
    },
    root() {
      let root: Buffer | undefined;
      for (const peak of peaks) if (peak) root = root ? nodeHash(peak, root) : peak;
      return root ?? emptyRoot;
    },
    changedTiles() {
      for (const [level, { full, partial, stored }] of levels.entries()) {
        if (level === 0 || partial.length === stored) continue;
        changed.push({ level, index: full, data: Buffer.concat(partial), fresh: stored === 0 });
        levelOf(level).stored = partial.length;
      }
      const tiles = changed;
      changed = [];
      return tiles;
    },
  };
}
