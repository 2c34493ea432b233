import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sweepRun } from './sweep-run.ts';

describe('sweepRun', () => {
  it('removes what is left of processes that are gone, and nothing else', async () => {
    const run = mkdtempSync(join(tmpdir(), 'sweep-'));
    const { pid: gone } = spawnSync('true');
    const digest = `sha256-${'0'.repeat(64)}`;
    for (const name of [`replay-${gone}`, `replay-${process.pid}`, 'copies', `plugins/${digest}`])
      mkdirSync(join(run, name), { recursive: true });
    for (const pid of [gone, process.pid]) mkdirSync(join(run, 'plugins', `${digest}.${pid}`));

    await sweepRun(run);

    assert.deepEqual(readdirSync(run).sort(), ['copies', 'plugins', `replay-${process.pid}`]);
    assert.deepEqual(readdirSync(join(run, 'plugins')).sort(), [digest, `${digest}.${process.pid}`]);
    rmSync(run, { recursive: true });
  });
});
