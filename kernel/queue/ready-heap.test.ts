import assert from 'node:assert/strict';
import fc from 'fast-check';
import { goesBefore, newReadyHeap } from './ready-heap.ts';

function newHeap<Item>() {
  let order = 0;
  return newReadyHeap<Item>(() => order++);
}

describe('the heap of ready tasks', () => {
  it('gives the most urgent first, and equals in the order in which they came', () => {
    const heap = newHeap<string>();
    for (const [item, priority] of [
      ['a', 5],
      ['b', 1],
      ['c', 5],
      ['d', 1],
    ] as const)
      heap.push(item, priority);

    assert.deepEqual([heap.pop(), heap.pop(), heap.pop(), heap.pop(), heap.pop()], ['b', 'd', 'a', 'c', undefined]);
  });

  it('shows the rank of the next one and how many there are', () => {
    const heap = newHeap<string>();
    assert.equal(heap.peek(), null);

    heap.push('a', 5);
    heap.push('b', 2);

    assert.equal(heap.size, 2);
    assert.equal(heap.peek()?.priority, 2);
    assert.equal(heap.peek()?.order, 1);
  });

  it('sorts by priority, then by arrival, however items come and go', () => {
    const step = fc.oneof(fc.record({ push: fc.integer({ min: 1, max: 10 }) }), fc.constant('pop' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = newHeap<{ priority: number; order: number }>();
        const model: { priority: number; order: number }[] = [];
        let order = 0;
        for (const one of steps) {
          if (one === 'pop') {
            model.sort((a, b) => a.priority - b.priority || a.order - b.order);
            assert.deepEqual(heap.pop(), model.shift());
          } else {
            const item = { priority: one.push, order: order++ };
            model.push(item);
            heap.push(item, item.priority);
          }
          assert.equal(heap.size, model.length);
        }
      }),
    );
  });

  it('puts nothing after something when ranks are compared', () => {
    const rank = { priority: 10, order: 9 };
    assert.equal(goesBefore(rank, null), true);
    assert.equal(goesBefore(null, rank), false);
    assert.equal(goesBefore(rank, rank), false);
  });
});
