// The ways out of a box, at the strongest level that this machine has; `npm run test:hostile` tries everything at every
// level. And a few where there is no box: a suite that always says "blocked" would be found out there.
import assert from 'node:assert/strict';
import type { Group } from './case.ts';
import { failuresOf, totalsOf } from './report.ts';
import { LevelMissing, type LevelResult, runLevel } from './run-level.ts';

/** What a plain child process can do on any machine, whoever runs it. */
const openWithoutBox = [
  'read a file outside',
  'write a file outside',
  'read the ledger',
  'write to a read-only workspace (acquisition)',
  'see the kernel',
  'signal a process outside',
  'leave a grandchild behind',
  'connect to a loopback port',
  'connect to an abstract socket',
  'listen and be reached',
  'system call: ptrace',
];

const waysOut: readonly Group[] = ['file-system', 'processes', 'network'];

describe('a hostile plugin', function () {
  this.timeout(600_000);

  it('gets out of the strongest box of this machine nowhere that was not declared', async function () {
    const result = await strongest();
    if (!result) {
      console.log('      skipped: no sandbox proves itself here');
      this.skip();
    }
    const { cases, blocked } = totalsOf(result);
    assert.ok(cases >= 60, `${cases} cases`);
    assert.ok(blocked >= 60, `${blocked} blocked at ${result.level}`);
    assert.deepEqual(
      failuresOf(result).map(({ name, detail }) => `${name}: ${detail}`),
      [],
    );
  });

  it('is seen to get out where there is no box', async () => {
    const result = await runLevel('process', ({ name }) => openWithoutBox.includes(name));
    const { open } = totalsOf(result);
    for (const name of openWithoutBox) assert.ok(open.includes(name), `"${name}" should be open without a box`);
    const undeclared = result.verdicts.map((verdict) => ({ ...verdict, declared: null }));
    const failures = failuresOf({ ...result, verdicts: undeclared }).map(({ name }) => name);
    for (const name of openWithoutBox)
      assert.ok(failures.includes(name), `"${name}" should fail if it were not declared`);
  });
});

async function strongest(): Promise<LevelResult | null> {
  for (const level of ['full', 'namespaces'] as const) {
    try {
      return await runLevel(level, ({ group }) => waysOut.includes(group));
    } catch (error) {
      if (!(error instanceof LevelMissing)) throw error;
    }
  }
  return null;
}
