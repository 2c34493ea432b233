// arbiter ledger replay: a recorded task, run again, gives the same body, or the field that differs.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTwister } from './fixture-plugins.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('replay', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  const write = (id: string, workspace: string, more: object = {}) => ({
    ...{ id, tool: 'file-writer', workspace, input: { path: 'a.txt', content: 'after' } },
    ...more,
  });
  async function run(...tasks: object[]) {
    at.drop('a.jsonl', tasks);
    await at.arbiter('start', '--once');
  }
  async function replayed(id: string, expected = 0) {
    const { status, stdout, stderr } = await at.arbiter('ledger', 'replay', id, '--json');
    assert.equal(status, expected, stdout + stderr);
    return JSON.parse(stdout);
  }
  const sameBody = async (id: string) => {
    const found = await replayed(id);
    assert.deepEqual([found.same, found.differences, found.recorded], [true, [], found.replayed]);
  };

  it('gives the same body for what was computed, and for what was refused', async () => {
    await run(
      { id: 'good', tool: 'jsonl-parser', input: { text: '{"a":1}\n' } },
      { id: 'unknown', tool: 'no-such-tool' },
      { id: 'misfit', tool: 'jsonl-parser', input: { txet: '' } },
    );
    for (const id of ['good', 'unknown', 'misfit']) await sameBody(id);
    assert.match((await at.arbiter('ledger', 'replay', 'good')).stdout, /^good: gives the same body \[entry \d+\]\n/);
  });

  it('gives the same body for changes that are in place, planned, applied later and rolled back, and leaves them so', async () => {
    const folder = at.folder('notes', { 'a.txt': 'before', 'other.txt': 'x' });
    const repository = await at.repository('shop', { 'a.txt': 'before' });
    const later = at.folder('later');
    await run(write('folder', folder), write('branch', repository), write('plan', later, { whatIf: true }));
    await at.git(repository, 'commit', '--allow-empty', '--message=A person goes on');
    await sameBody('folder');
    await sameBody('branch');
    await sameBody('plan');
    await at.arbiter('apply', 'plan');
    await sameBody('plan');
    await at.arbiter('rollback', 'folder');
    await sameBody('folder');

    assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'before');
    assert.equal(readFileSync(join(later, 'a.txt'), 'utf8'), 'after');
    assert.deepEqual(readdirSync(at.home.copies), []);
    assert.deepEqual(
      readdirSync(at.home.run).filter((name) => name.startsWith('replay-')),
      [],
    );
    assert.equal((await at.arbiter('ledger', 'verify')).status, 0);
  });

  it('says which field differs where a tool is not deterministic', async () => {
    writeTwister(at);
    await run({ id: 'twisted', tool: 'twist' });
    const { same, differences } = await replayed('twisted', 1);
    assert.equal(same, false);
    assert.deepEqual(differences.map(({ field }: { field: string }) => field).sort(), [
      '/result/digest',
      '/result/output/at',
    ]);
    const { stdout } = await at.arbiter('ledger', 'replay', 'twisted');
    assert.match(stdout, /\n {2}\/result\/output\/at: \d+ → \d+/);
  });

  it('says so where what the task worked on cannot be had any more', async () => {
    const folder = at.folder('notes');
    await run(write('one', folder));
    writeFileSync(join(folder, 'a.txt'), 'a person was here');
    const { status, stderr } = await at.arbiter('ledger', 'replay', 'one');
    assert.equal(status, 3, stderr);
    assert.match(stderr, /what it changed has been changed since: a\.txt/);
    assert.match((await at.arbiter('ledger', 'replay', 'nobody')).stderr, /TASK_NOT_FOUND/);
  });
});
