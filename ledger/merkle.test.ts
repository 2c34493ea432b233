import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sha256 } from './chain.ts';
import { emptyRoot, type Frontier, newFrontier, widthOf } from './merkle.ts';
import { growTree, leadsToRoot } from './verify-tree.ts';

const leaves = Array.from({ length: 70_000 }, (_, index) => sha256(`leaf ${index}`));

/** RFC 6962, section 2.1, as it stands there. */
function rootByDefinition(part: readonly Buffer[]): Buffer {
  if (part.length === 0) return sha256('');
  if (part.length === 1) return part[0] as Buffer;
  let k = 1;
  while (k * 2 < part.length) k *= 2;
  const [left, right] = [rootByDefinition(part.slice(0, k)), rootByDefinition(part.slice(k))];
  return sha256(Buffer.concat([Buffer.from([1]), left, right]));
}

/** Grows a tree from nothing, and keeps its tiles as the ledger does. */
function grow(size: number, every = 100): { frontier: Frontier; tiles: Map<string, Buffer> } {
  const tiles = new Map<string, Buffer>();
  const frontier = newFrontier(0, () => Buffer.alloc(0));
  const keep = () => {
    for (const { level, index, data, fresh } of frontier.changedTiles()) {
      assert.equal(fresh, !tiles.has(`${level}/${index}`));
      tiles.set(`${level}/${index}`, data);
    }
  };
  for (let at = 0; at < size; at++) {
    frontier.add(leaves[at] as Buffer);
    if (at % every === 0) keep();
  }
  keep();
  return { frontier, tiles };
}

describe('The Merkle tree', () => {
  it('has the root that RFC 6962 defines, at any size', () => {
    assert.deepEqual(newFrontier(0, () => Buffer.alloc(0)).root(), emptyRoot);
    const frontier = newFrontier(0, () => Buffer.alloc(0));
    for (let size = 1; size <= 600; size++) {
      frontier.add(leaves[size - 1] as Buffer);
      if (size < 40 || size % 37 === 0 || size % 256 < 2)
        assert.deepEqual(frontier.root(), rootByDefinition(leaves.slice(0, size)), `at ${size}`);
    }
  });

  it('goes on from its tiles at any size as if it had never stopped', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 3000 }),
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 700 }),
        (size, more, every) => {
          const { tiles } = grow(size, every);
          const again = newFrontier(size, (level, index) =>
            level === 0 ? Buffer.concat(leaves.slice(index * 256, size)) : (tiles.get(`${level}/${index}`) as Buffer),
          );
          for (let at = size; at < size + more; at++) again.add(leaves[at] as Buffer);
          const straight = grow(size + more);
          assert.deepEqual(again.root(), straight.frontier.root());
          for (const { level, index, data } of again.changedTiles()) tiles.set(`${level}/${index}`, data);
          assert.deepEqual(new Map([...tiles].sort()), new Map([...straight.tiles].sort()));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('fills a level above the first two', () => {
    const { frontier, tiles } = grow(leaves.length);

    assert.deepEqual(frontier.root(), rootByDefinition(leaves));
    assert.equal(tiles.get('1/0')?.length, 256 * 32);
    assert.equal(tiles.get('1/1')?.length, (widthOf(leaves.length, 1) - 256) * 32);
    assert.deepEqual(tiles.get('2/0'), rootByDefinition(leaves.slice(0, 65_536)));
  });

  it('agrees with the verifier’s, tiles and all', () => {
    fc.assert(
      fc.property(fc.nat({ max: 3000 }), (size) => {
        const { frontier, tiles } = grow(size);
        const full = new Map<string, Buffer>();
        const tree = growTree((level, index, data) => full.set(`${level}/${index}`, data));
        for (const leaf of leaves.slice(0, size)) tree.add(leaf);

        assert.equal(tree.root(), frontier.root().toString('base64'));
        for (const [level, { full: index, rest }] of tree.levels.entries())
          if (level > 0 && rest.length > 0) full.set(`${level}/${index}`, Buffer.concat(rest));
        assert.deepEqual(new Map([...full].sort()), new Map([...tiles].sort()));
      }),
      { numRuns: 40 },
    );
  });

  it('does not go on from a tile that is cut short', () => {
    assert.throws(() => newFrontier(300, () => Buffer.alloc(31)), /tile 1\/0 is incomplete/);
  });
});

describe('A way to the root', () => {
  it('is none for another leaf, place, size or root', () => {
    const [one, two] = [leaves[0] as Buffer, leaves[1] as Buffer];
    const root = rootByDefinition([one, two]);

    assert.equal(leadsToRoot(one, 0, 2, [two], root), true);
    assert.equal(leadsToRoot(two, 1, 2, [one], root), true);
    assert.equal(leadsToRoot(two, 0, 2, [two], root), false);
    assert.equal(leadsToRoot(one, 1, 2, [two], root), false);
    assert.equal(leadsToRoot(one, 0, 3, [two], root), false);
    assert.equal(leadsToRoot(one, 0, 1, [two], root), false);
    assert.equal(leadsToRoot(one, 0, 2, [two, one], root), false);
    assert.equal(leadsToRoot(one, 2, 2, [two], root), false);
    assert.equal(leadsToRoot(one, 0, 2, [two], one), false);
  });
});
