import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backoffMs, type Strategy } from './backoff.ts';

const never = { random: () => 0 };
const first = (strategy: Strategy, count: number) =>
  Array.from({ length: count }, (_, index) => backoffMs(strategy, 100, index + 1, never));

describe('backing off', () => {
  it('is as long as its strategy says', () => {
    assert.deepEqual(first('linear', 5), [100, 200, 300, 400, 500]);
    assert.deepEqual(first('exponential', 5), [100, 200, 400, 800, 1600]);
    assert.deepEqual(first('fibonacci', 7), [100, 100, 200, 300, 500, 800, 1300]);
  });

  it('is spread by up to a fifth', () => {
    assert.equal(backoffMs('linear', 1000, 1, { random: () => 0.5 }), 1100);
    assert.equal(backoffMs('linear', 1000, 1, { random: () => 1 }), 1200);
  });

  it('is spread as far as it is asked to be, down to not at all', () => {
    assert.equal(backoffMs('linear', 1000, 1, { jitter: 1, random: () => 1 }), 2000);
    assert.equal(backoffMs('exponential', 1000, 3, { jitter: 0, random: () => 1 }), 4000);
  });

  it('is never longer than an hour, before it is spread', () => {
    const hour = 60 * 60 * 1000;
    assert.equal(backoffMs('exponential', 1000, 1000, never), hour);
    assert.equal(backoffMs('fibonacci', 1000, 2000, never), hour);
  });

  it('is never shorter after one more failure', () => {
    const strategy = fc.constantFrom<Strategy>('linear', 'exponential', 'fibonacci');
    fc.assert(
      fc.property(strategy, fc.nat(3_600_000), fc.integer({ min: 1, max: 50 }), (how, delayMs, failures) => {
        assert.ok(backoffMs(how, delayMs, failures + 1, never) >= backoffMs(how, delayMs, failures, never));
      }),
    );
  });
});
