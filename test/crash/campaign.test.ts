import assert from 'node:assert/strict';
import { runCampaign } from './campaign.ts';
import { textOf, totalsOf } from './report.ts';

describe('a crash campaign', () => {
  it('loses nothing, does nothing twice and leaves nothing behind', async () => {
    const results = [await runCampaign(5, 4)];
    const { tasks, ...found } = totalsOf(results);
    assert.ok(tasks > 50, `${tasks} tasks`);
    const clean = { kills: 5, lost: 0, duplicated: 0, leftovers: 0, verified: true };
    assert.deepEqual(found, clean, textOf(results, 0));
  }).timeout(120_000);
});
