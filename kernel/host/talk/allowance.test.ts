import assert from 'node:assert/strict';
import { type Allowance, newAllowance } from './allowance.ts';

describe('an allowance', () => {
  let nowMs: number;
  let take: Allowance;

  beforeEach(() => {
    nowMs = 0;
    take = newAllowance(10, () => nowMs);
  });

  it('lets a burst of one second through, and no more', () => {
    assert.equal(take(10), true);
    assert.equal(take(1), false);
  });

  it('fills as time goes by', () => {
    take(10);

    nowMs = 99;
    assert.equal(take(1), false);
    nowMs = 299;
    assert.equal(take(1), true);
  });

  it('lets the rate through for ever', () => {
    for (nowMs = 0; nowMs < 60_000; nowMs += 100) assert.equal(take(1), true, `${nowMs}`);
  });

  it('saves up no more than one second', () => {
    nowMs = 3_600_000;

    assert.equal(take(11), false);
  });

  it('takes what was too much, too: who goes on is refused for longer', () => {
    assert.equal(take(30), false);
    nowMs = 1_900;
    assert.equal(take(0), false);

    nowMs = 2_000;
    assert.equal(take(0), true);
  });

  it('reads the time by itself', () => {
    assert.deepEqual([newAllowance(1)(1), newAllowance(1)(2)], [true, false]);
  });
});
