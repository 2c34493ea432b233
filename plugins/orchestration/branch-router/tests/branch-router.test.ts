import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { type RunningPlugin, runPlugin } from '../../../../pdk/run-plugin.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const task = { tool: 'git-status', workspace: '/repos/shop' };

let plugin: RunningPlugin;

function run(facts: object, branches: object[], otherwise?: object): Promise<unknown> {
  return plugin.execute('branch-router', { facts, branches, ...(otherwise ? { otherwise } : {}) });
}

describe('branch-router', () => {
  beforeEach(async () => {
    plugin = await runPlugin(folder);
  });

  afterEach(() => plugin.stop());

  it('takes the first branch whose condition is true and submits its task', async () => {
    const answer = await run({ files: ['a', 'b'], risk: 'high' }, [
      { name: 'large', when: 'count(files) > 10', task: { tool: 'never' } },
      { name: 'risky', when: 'risk in ("high", "highest")', task },
      { name: 'any', when: 'true', task: { tool: 'never' } },
    ]);

    assert.deepEqual(answer, { branch: 'risky', submitted: 'submitted/1' });
    assert.deepEqual(plugin.submitted, [task]);
  });

  it('submits nothing for a branch without a task', async () => {
    assert.deepEqual(await run({}, [{ name: 'idle', when: '1 < 2' }]), { branch: 'idle', submitted: null });
    assert.deepEqual(plugin.submitted, []);
  });

  it('takes otherwise when nothing is true, and no branch when there is none', async () => {
    const branches = [{ name: 'no', when: 'x > 1' }];

    assert.deepEqual(await run({ x: 1 }, branches, { name: 'else', task }), {
      branch: 'else',
      submitted: 'submitted/1',
    });
    assert.deepEqual(await run({ x: 1 }, branches), { branch: null, submitted: null });
  });

  it('takes null for not true', async () => {
    // A comparison of a number with a word is null in FEEL.
    assert.deepEqual(await run({ x: 1 }, [{ name: 'no', when: 'x = "1"' }]), { branch: null, submitted: null });
  });

  it('names branch and warning when a condition speaks of what is not there', async () => {
    await assert.rejects(
      run({ customer: 'gold' }, [{ name: 'vip', when: 'customer = gold' }]),
      new Error("Branch vip: the condition customer = gold is broken: Variable 'gold' not found."),
    );
    await assert.rejects(
      run({ a: {} }, [{ name: 'deep', when: 'a.b = 1' }]),
      new Error("Branch deep: the condition a.b = 1 is broken: Key 'b' not found in '{...}'."),
    );
    await assert.rejects(run({}, [{ name: 'object', when: 'constructor = 1' }]), /Variable 'constructor' not found/);
  });

  it('lets a later condition speak of facts that only its own case has', async () => {
    const branches = [
      { name: 'file', when: 'kind = "file"' },
      { name: 'large', when: 'size > 10' },
    ];

    assert.deepEqual(await run({ kind: 'file' }, branches), { branch: 'file', submitted: null });
  });

  it('refuses a condition that is no FEEL, even after the branch that is taken', async () => {
    await assert.rejects(
      run({}, [
        { name: 'first', when: 'true', task },
        { name: 'second', when: 'x >' },
      ]),
      new Error('Branch second: the condition x > cannot be read: Incomplete <Comparison>.'),
    );
    assert.deepEqual(plugin.submitted, []);
  });

  it('refuses a condition that gives neither true nor false', async () => {
    await assert.rejects(
      run({ x: 3 }, [{ name: 'sum', when: 'x + 1' }]),
      new Error('Branch sum: the condition x + 1 gives neither true nor false.'),
    );
  });

  it('reads no clock but the moment of the claim', async () => {
    const when = 'today() = date("2026-01-01") and now() = date and time("2026-01-01T00:00:00Z")';

    assert.deepEqual(await run({}, [{ name: 'new year', when }]), { branch: 'new year', submitted: null });
  });
});
