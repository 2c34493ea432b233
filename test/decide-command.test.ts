// arbiter decide and arbiter backtest, as a user types them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const shipped = readFileSync(fileURLToPath(new URL('../process/decisions.dmn', import.meta.url)), 'utf8');

describe('arbiter decide', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  it('says which rule fires, why the others do not, and what was no input', async () => {
    const { stdout, status } = await at.arbiter('decide', 'rollback', 'gate=pass', 'changedFiles=20000', 'size=1');

    assert.equal(status, 0);
    assert.match(stdout, /^rollback: rule 2 → "manual" {2}\(version [0-9a-f]{12}\)$/m);
    assert.match(stdout, /^ {2}changedFiles = 20000$/m);
    assert.match(stdout, /^rule 1 {2}no: gate: "fail" does not take "pass"$/m);
    assert.match(stdout, /^rule 2 {2}fired$/m);
    assert.match(stdout, /^rule 3 {2}matches too; the hit policy passes it over$/m);
    assert.match(stdout, /^size is no input of this table\.$/m);
  });

  it('says the same as JSON', async () => {
    const { stdout } = await at.arbiter('decide', 'rollback', 'gate=fail', '--json');

    const { output, rules, inputs, why } = JSON.parse(stdout);
    assert.deepEqual([output, rules, inputs], ['rollback', [1], { gate: 'fail', changedFiles: null }]);
    assert.deepEqual(why[1], {
      rule: 2,
      verdict: 'failed',
      failed: [{ column: 'changedFiles', cell: '> 10000', input: null }],
    });
  });

  it("goes by the home's own table, or that of a file", async () => {
    const own = shipped.replace('&gt; 10000', '&gt; 5');
    writeFileSync(join(at.home.process, 'decisions.dmn'), own);
    writeFileSync(join(at.place, 'other.dmn'), own.replace('"manual"', '"keep"'));
    const facts = ['rollback', 'gate=pass', 'changedFiles=6', '--json'];

    assert.equal(JSON.parse((await at.arbiter('decide', ...facts)).stdout).output, 'manual');
    const other = await at.arbiter('decide', ...facts, '--table', join(at.place, 'other.dmn'));
    assert.equal(JSON.parse(other.stdout).output, 'keep');
  });

  it('names the nearest table where there is none of that name', async () => {
    const { stderr, status } = await at.arbiter('decide', 'rolback');

    assert.equal(status, 3);
    assert.match(
      stderr,
      /^There is no decision table rolback\.\n {2}expected: One of .*rollback.*\n.*Did you mean rollback\?/,
    );
  });

  it('takes nothing but name=value', async () => {
    assert.equal((await at.arbiter('decide', 'rollback', 'gate')).status, 64);
    assert.equal((await at.arbiter('decide')).status, 64);
  });

  it('--lint lists everything wrong, by file, table and cell, and ends with 1', async () => {
    const file = join(at.place, 'broken.dmn');
    writeFileSync(file, shipped.replace('rule1.in1"><text>"fail"', 'rule1.in1"><text>fail').replace('"manual"', '3'));

    const { stdout, status } = await at.arbiter('decide', '--lint', file);

    assert.equal(status, 1);
    assert.deepEqual(stdout.split('\n'), [
      `${file}: table rollback, rule 1, column gate: fail: Variable 'fail' not found`,
      `${file}: table rollback, rule 2, column action: 3: the column is a string, and this is a number`,
    ]);
    assert.equal((await at.arbiter('decide', '--lint')).status, 0);
  });
});

describe('arbiter backtest', () => {
  let at: TemporaryHome;
  let changed: string;
  before(async () => {
    at = temporaryHome();
    changed = join(at.place, 'changed.dmn');
    at.drop('a.jsonl', [
      { id: 'plain', tool: 'jsonl-parser', input: { text: '1' } },
      { id: 'tagged', tool: 'jsonl-parser', input: { text: '1' }, tags: ['careful'] },
    ]);
    await at.arbiter('start', '--once');
  });
  after(() => at.remove());

  it('finds no difference for the tables as they are', async () => {
    writeFileSync(changed, shipped);

    const { stdout, status } = await at.arbiter('backtest', '--table', changed);

    assert.equal(status, 0);
    assert.match(stdout, /^plugin-selection: 0 of 2 decisions would differ$/m);
    assert.match(stdout, /^0 task\(s\) would have gone otherwise\.$/m);
  });

  it('lists the tasks that a changed table would have sent another way, and ends with 1', async () => {
    writeFileSync(
      changed,
      shipped.replace('<text>"task-parser"', '<text>if owner = "task-parser" then "new" else "x"'),
    );

    const { stdout, status } = await at.arbiter('backtest', '--table', changed, '--json');

    assert.equal(status, 1);
    const { byTable, differences } = JSON.parse(stdout);
    assert.deepEqual(byTable['plugin-selection'], { asked: 2, different: 2, missing: [] });
    assert.deepEqual(differences.map(({ task }: { task: string }) => task).sort(), ['plain', 'tagged']);
    assert.deepEqual(
      [differences[0].table, differences[0].before, differences[0].after],
      ['plugin-selection', { rules: [2], output: 'task-parser' }, { rules: [2], output: 'new' }],
    );
    assert.match(
      (await at.arbiter('backtest', '--table', changed)).stdout,
      /^2 task\(s\) would have gone otherwise\.$/m,
    );
  });

  it('passes over what was decided before --since', async () => {
    writeFileSync(changed, shipped);

    const { stdout, status } = await at.arbiter('backtest', '--table', changed, '--since', '2999-01-01');

    assert.equal(status, 0);
    assert.match(stdout, /^The ledger has no decision of a table in /);
    assert.equal((await at.arbiter('backtest', '--table', changed, '--since', 'soon')).status, 64);
  });
});
