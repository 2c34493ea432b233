import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newDependencies } from './dependencies.ts';

describe('dependencies', () => {
  it('know who waits for whom', () => {
    const dependencies = newDependencies();
    dependencies.add('b', ['a']);
    dependencies.add('c', ['a', 'b']);

    assert.deepEqual(dependencies.dependents('a'), ['b', 'c']);
    assert.deepEqual(dependencies.dependents('b'), ['c']);
    assert.deepEqual(dependencies.dependents('c'), []);
  });

  it('forget a task that waits no longer', () => {
    const dependencies = newDependencies();
    dependencies.add('b', ['a']);
    dependencies.remove('b');

    assert.deepEqual(dependencies.dependents('a'), []);
    assert.equal(dependencies.add('a', ['b']), null);
  });

  it('find a circle and name its way', () => {
    const dependencies = newDependencies();
    assert.equal(dependencies.add('a', ['b']), null);
    assert.equal(dependencies.add('b', ['x', 'c']), null);

    assert.deepEqual(dependencies.add('c', ['y', 'a']), ['c', 'a', 'b', 'c']);
  });

  it('find a task that waits for itself', () => {
    assert.deepEqual(newDependencies().add('a', ['a']), ['a', 'a']);
  });

  it('keep nothing of what closed a circle', () => {
    const dependencies = newDependencies();
    dependencies.add('a', ['b']);
    dependencies.add('b', ['a']);

    assert.deepEqual(dependencies.dependents('a'), []);
  });

  it('refuse exactly what a naive search refuses, with a circle that exists', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const on = fc.subarray(ids, { maxLength: 3 });
    const graph = fc.tuple(fc.shuffledSubarray(ids, { minLength: 6 }), fc.array(on, { minLength: 6, maxLength: 6 }));
    fc.assert(
      fc.property(graph, ([order, waits]) => {
        const dependencies = newDependencies();
        const taken = new Map<string, readonly string[]>();
        for (const [index, id] of order.entries()) {
          const wanted = waits[index] ?? [];

          const circle = dependencies.add(id, wanted);

          assert.equal(
            circle !== null,
            wanted.some((other) => reaches(taken, other, id)),
          );
          if (circle === null) taken.set(id, wanted);
          else {
            assert.equal(circle[0], id);
            assert.equal(circle.at(-1), id);
            const edges = new Map(taken).set(id, wanted);
            for (const [at, step] of circle.slice(1).entries())
              assert.ok(edges.get(circle[at] as string)?.includes(step), `${circle[at]} does not wait for ${step}`);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function reaches(
  waitsFor: ReadonlyMap<string, readonly string[]>,
  from: string,
  to: string,
  seen = new Set(),
): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return (waitsFor.get(from) ?? []).some((next) => reaches(waitsFor, next, to, seen));
}
