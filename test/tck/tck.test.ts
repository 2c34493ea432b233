import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));

function run(...args: string[]) {
  return execa(process.execPath, [main, ...args], { reject: false });
}

describe('npm run tck', () => {
  it('counts every expected result, by folder, and those that expect null apart', async () => {
    const { stdout, exitCode } = await run('--dir', fixtures, '--json');

    assert.deepEqual(JSON.parse(stdout), {
      passed: 4,
      total: 7,
      byDirectory: { broken: { passed: 0, total: 2 }, discount: { passed: 4, total: 5 } },
      nullExpected: { passed: 0, total: 2 },
    });
    assert.equal(exitCode, 0);
  });

  it('says what failed, grouped by cause', async () => {
    const { stdout } = await run('--dir', fixtures);

    assert.match(stdout, /^broken: 0 of 2$/m);
    assert.match(stdout, /^2 × not asked: ENOENT/m);
    assert.match(
      stdout,
      /^1 × a value \(context\) where null is expected\n {2}discount 002 Offer: expected null, got \{/m,
    );
    assert.match(stdout, /^4 of 7 results \(57\.14 %\); of those that expect null, 0 of 2 \(0\.00 %\)$/m);
  });

  it('ends with 1 where fewer pass than --least', async () => {
    assert.equal((await run('--dir', fixtures, '--least', '58')).exitCode, 1);
    assert.equal((await run('--dir', fixtures, '--least', '57')).exitCode, 0);
  });

  it('ends with 2 where there is nothing to run', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'arbiter-tck-'));
    try {
      assert.equal((await run('--dir', empty)).exitCode, 2);
      assert.equal((await run()).exitCode, 2);
    } finally {
      rmSync(empty, { recursive: true });
    }
  });
});
