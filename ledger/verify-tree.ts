// Recomputes the Merkle tree of RFC 6962 from its leaves, and what its tiles have to hold. Part of the verifier: states the
// rules in its own words.
import { hash } from 'node:crypto';

export interface Tree {
  readonly size: number;
  add(leaf: Buffer): void;
  /** Base64 of the root over all leaves so far. */
  root(): string;
  /** For each level what stands after its last full tile, and how many full tiles there were. */
  readonly levels: readonly { readonly full: number; readonly rest: readonly Buffer[] }[];
}

const perTile = 256;

/** `onFullTile` gets every tile of 256 hashes as it fills. */
export function growTree(onFullTile: (level: number, index: number, data: Buffer) => void): Tree {
  // A subtree of 2^h leaves for each set bit h of the number of leaves, largest first.
  const subtrees: Buffer[] = [];
  const levels: { full: number; rest: Buffer[] }[] = [];
  const input = Buffer.alloc(65);
  input[0] = 1;
  let size = 0;

  function parent(left: Buffer, right: Buffer): Buffer {
    input.set(left, 1);
    input.set(right, 33);
    return hash('sha256', input, 'buffer');
  }

  function note(level: number, node: Buffer): void {
    levels[level] ??= { full: 0, rest: [] };
    const { rest, full } = levels[level];
    rest.push(node);
    if (rest.length < perTile) return;
    onFullTile(level, full, Buffer.concat(rest));
    levels[level] = { full: full + 1, rest: [] };
  }

  return {
    get size() {
      return size;
    },
    levels,
    add(leaf) {
      size += 1;
      note(0, leaf);
      subtrees.push(leaf);
      // The number of trailing zero bits says how many pairs are complete now.
      for (let [count, height] = [size, 1]; count % 2 === 0; count /= 2, height++) {
        const right = subtrees.pop() as Buffer;
        const joined = parent(subtrees.pop() as Buffer, right);
        subtrees.push(joined);
        if (height % 8 === 0) note(height / 8, joined);
      }
    },
    root() {
      if (size === 0) return hash('sha256', '', 'base64');
      return subtrees.reduceRight((right, left) => parent(left, right)).toString('base64');
    },
  };
}

/** Whether `path` leads from `leaf` at `index` (from 0) to `root` in a tree of `size` leaves (RFC 9162, 2.1.3.2). */
export function leadsToRoot(leaf: Buffer, index: number, size: number, path: readonly Buffer[], root: Buffer): boolean {
  if (index >= size) return false;
  let [at, last, node] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = inner(sibling, node);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else node = inner(node, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && node.equals(root);
}

function inner(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from([1]), left, right]), 'buffer');
}
