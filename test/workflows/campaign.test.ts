import assert from 'node:assert/strict';
import { runCampaign } from './campaign.ts';

describe('workflows whose kernel is killed', () => {
  it('end completed or compensated, with every effect once', async () => {
    const { runs, steps, ...found } = await runCampaign(4, 7);

    assert.deepEqual(found, { kills: 4, faults: [], verified: true });
    assert.ok(Math.min(...Object.values(runs)) > 0 && steps > 10, JSON.stringify({ runs, steps }));
  }).timeout(180_000);
});
