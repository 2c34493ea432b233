// arbiter policy and backtest, as people call them.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('arbiter policy', () => {
  let at: TemporaryHome;
  let work: string;
  beforeEach(() => {
    at = temporaryHome();
    work = at.folder('work');
  });
  afterEach(() => at.remove());

  const task = (id: string, more: object = {}) => ({
    ...{ id, tool: 'file-writer', workspace: work, input: { path: `${id}.txt`, content: id } },
    ...more,
  });

  it('checks a task in a file without running it', async () => {
    const file = join(at.place, 'task.json');
    writeFileSync(file, JSON.stringify(task('one', { tags: ['production'] })));

    const denied = await at.arbiter('policy', 'check', file);
    writeFileSync(file, JSON.stringify(task('one')));
    const allowed = await at.arbiter('policy', 'check', file);

    assert.equal(denied.status, 1);
    assert.equal(
      denied.stdout,
      `${file}: denied before it runs\n  A change tagged "production" needs "approval": "required" (compliance/production_unapproved)`,
    );
    assert.deepEqual([allowed.status, allowed.stdout], [0, `${file}: allowed before it runs`]);
  });

  it('explains an entry: which rules gave something, and what they read', async () => {
    at.drop('a.jsonl', [task('one', { tags: ['production'] })]);
    await at.arbiter('start', '--once');

    const { stdout } = await at.arbiter('policy', 'explain', 'one');

    assert.match(stdout, /^one \[entry \d+\]: denied before it runs\n/);
    assert.match(stdout, /\n {2}fired {2}data\.arbiter\.compliance\.deny \(compliance\.rego:\d+\)\n/);
    assert.match(stdout, /\n {2}read {3}input\.task\.tags = \["production"\]\n/);
  });

  it('tests the shipped policies, and a folder of one’s own', async () => {
    const own = join(at.place, 'own');
    mkdirSync(own);
    writeFileSync(join(own, 'a.rego'), 'package arbiter.a\nallow if input.task.title != ""\n');
    writeFileSync(
      join(own, 'a_test.rego'),
      'package arbiter.a_test\nimport data.arbiter.a\ntest_good if a.allow with input.task.title as "x"\ntest_bad if a.allow with input.task.title as ""\n',
    );

    const shipped = await at.arbiter('policy', 'test');
    const failing = await at.arbiter('policy', 'test', own);
    mkdirSync(join(at.place, 'none'));
    const nothing = await at.arbiter('policy', 'test', join(at.place, 'none'));

    assert.deepEqual([shipped.status, /^(\d+) of \1 tests passed\.$/.test(shipped.stdout)], [0, true]);
    assert.equal(failing.status, 1);
    assert.equal(failing.stdout, '✗ arbiter.a_test.test_bad (a_test.rego:4)\n1 of 2 tests passed.');
    assert.equal(nothing.status, 3);
    assert.match(nothing.stderr, /it holds no test/);
  });

  it('says what other policies would have said about the tasks of the ledger', async () => {
    const other = join(at.place, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'titles.rego'), 'package arbiter.titles\nallow if input.task.title != ""\n');
    writeFileSync(join(other, 'compliance.rego'), 'package arbiter.compliance\nallow := true\n');
    at.drop('a.jsonl', [
      task('one'),
      task('two', { title: 'Why' }),
      task('three', { title: 'Why', tags: ['production'] }),
    ]);
    await at.arbiter('start', '--once');

    const { stdout } = await at.arbiter('backtest', '--policy', other, '--json');

    const { asked, differences } = JSON.parse(stdout) as {
      asked: number;
      differences: { id: string; was: string; would: string }[];
    };
    assert.equal(asked, 3);
    const found = differences.map(({ id, was, would }) => [id, was, would]).sort();
    assert.deepEqual(found, [
      ['one', 'allow', 'deny'],
      ['three', 'deny', 'allow'],
    ]);
  });
});
