// A few of each; npm run test:faults tries many.
import assert from 'node:assert/strict';
import { bitFlips } from './bit-flips.ts';
import { ioErrors } from './io-errors.ts';
import { kills, killsAtBirth } from './kills.ts';
import { powerCuts } from './power-cut.ts';
import type { FaultRow } from './row.ts';
import { tampering } from './tampering.ts';
import { canTrace } from './traced.ts';

function demandClean(rows: readonly FaultRow[]): void {
  assert.ok(rows.length > 0);
  for (const { fault, tried, lost, undetected, duplicated = 0 } of rows) {
    assert.ok(tried > 0 || fault.startsWith('kill -9 before'), fault);
    assert.deepEqual({ fault, lost, undetected, duplicated }, { fault, lost: 0, undetected: 0, duplicated: 0 });
  }
}

describe('A ledger under faults', () => {
  describe('with system calls recorded or failing', () => {
    before(function () {
      // strace is no part of a clone; .ci/run installs it.
      if (!canTrace()) this.skip();
    });

    it('loses nothing acknowledged when the power goes', async () => {
      demandClean([await powerCuts(25, 11, 'FULL')]);
    });

    it('would lose under synchronous=NORMAL, and the test notices', async () => {
      const { tried, lost } = await powerCuts(10, 11, 'NORMAL');

      assert.equal(tried, 10);
      assert.ok(lost > 0);
    });

    it('loses and repeats nothing when it is killed', async () => {
      demandClean(await kills(8, 11));
      demandClean([await killsAtBirth(3, 11)]);
    });

    it('keeps what it acknowledged when the disk refuses, and says so', async () => {
      demandClean(await ioErrors(1, 11));
    });
  });

  it('notices a flipped bit that changes what can be read', async () => {
    demandClean(await bitFlips(60, 11));
  });

  it('has one outcome for whatever happens to its files', async () => {
    demandClean(await tampering(1, 11));
  });
});
