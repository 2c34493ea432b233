import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { newKeyedLock } from './keyed-lock.ts';

describe('a keyed lock', () => {
  it('lets one at a time do its work under a key, in the order in which they came', async () => {
    const oneAtATime = newKeyedLock();
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await nextTurn();
      steps.push(`${name} ends`);
    };

    await Promise.all(['a', 'b', 'c'].map((name) => oneAtATime('key', work(name))));

    assert.deepEqual(steps, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('keeps nobody waiting for another key', async () => {
    const oneAtATime = newKeyedLock();
    let free: () => void = () => undefined;
    const held = oneAtATime('a', () => new Promise<void>((resolve) => (free = resolve)));

    assert.equal(await oneAtATime('b', async () => 'done'), 'done');

    free();
    await held;
  });

  it('goes on after work that failed, and tells only who did it', async () => {
    const oneAtATime = newKeyedLock();
    const failing = oneAtATime('key', async () => {
      throw new Error('broken');
    });
    const next = oneAtATime('key', async () => 'fine');

    await assert.rejects(failing, { message: 'broken' });
    assert.equal(await next, 'fine');
  });

  it('never lets two work under one key, however they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(3)), { maxLength: 12 }), async (works) => {
        const oneAtATime = newKeyedLock();
        const busy = new Set<string>();
        await Promise.all(
          works.map(async ([key, turns]) => {
            if (turns === 3) await nextTurn();
            return oneAtATime(key, async () => {
              assert.equal(busy.has(key), false);
              busy.add(key);
              for (let turn = 0; turn < turns; turn++) await nextTurn();
              busy.delete(key);
            });
          }),
        );
      }),
      { numRuns: 50 },
    );
  });
});
