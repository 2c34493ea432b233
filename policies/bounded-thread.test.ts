import assert from 'node:assert/strict';
import { type BoundedThread, boundedThread, OutOfTime } from './bounded-thread.ts';
import type { Deed } from './fixtures/deeds.ts';

describe('a bounded thread', () => {
  let thread: BoundedThread<Deed, number>;
  beforeEach(() => {
    thread = boundedThread('fixtures/deeds', { timeMs: 200, memoryMb: 64 });
  });
  afterEach(() => thread.close());

  it('answers one question after the other', async () => {
    assert.deepEqual(await Promise.all([1, 2, 3].map((n) => thread.ask({ double: n }))), [2, 4, 6]);
  });

  it('ends what goes on for ever, and answers the next question', async () => {
    const [endless, next] = await Promise.allSettled([thread.ask('endless'), thread.ask({ double: 4 })]);
    assert.ok(endless.status === 'rejected' && endless.reason instanceof OutOfTime);
    assert.equal(endless.reason.message, 'longer than 200 ms');
    assert.deepEqual(next, { status: 'fulfilled', value: 8 });
  });

  it('ends what takes too much memory, and answers the next question', async () => {
    thread = boundedThread('fixtures/deeds', { timeMs: 30_000, memoryMb: 16 });
    await assert.rejects(thread.ask('greedy'), /memory limit/);
    assert.equal(await thread.ask({ double: 5 }), 10);
  });

  it('passes on what the work throws', async () => {
    await assert.rejects(thread.ask('clumsy'), /^Error: fell over$/);
  });
});
