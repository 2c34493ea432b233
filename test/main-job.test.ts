// The main job: lines dropped into the inbox, real work done by all five categories, gated and recorded.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('the main job', () => {
  let at: TemporaryHome;
  let repository: string;
  let folder: string;

  before(async () => {
    at = temporaryHome();
    repository = await at.repository('shop');
    folder = at.folder('notes', { 'prices.json': '{"tea":3}\n' });
    at.drop('day.jsonl', [
      { tool: 'git-status', workspace: repository },
      { tool: 'git-log', workspace: repository },
      { tool: 'jsonl-parser', input: { text: '{"a":1}' } },
      { tool: 'contract-validator', workspace: folder, input: { files: ['prices.json'] } },
      { id: 'note', tool: 'file-writer', workspace: repository, input: { path: 'NOTES.md', content: 'notes\n' } },
      { tool: 'file-writer', workspace: folder, input: { path: 'new.json', content: '{}' } },
      { tool: 'file-writer', workspace: folder, whatIf: true, input: { path: 'plan.txt', content: 'plan' } },
      { tool: 'file-writer', workspace: folder, input: { path: 'broken.json', content: '{' } },
      {
        tool: 'branch-router',
        input: {
          facts: { n: 2 },
          branches: [{ name: 'big', when: 'n > 1', task: { tool: 'jsonl-parser', input: { text: '1' } } }],
        },
      },
    ]);
    const run = await at.program('start', '--once');
    assert.equal(run.status, 1, run.stderr + run.stdout);
  });
  after(() => at.remove());

  it('ends every line with one result', () => {
    const statuses = at.results('day.jsonl').map(({ line, status }) => [line, status]);
    assert.deepEqual(statuses, [
      [1, 'done'],
      [2, 'done'],
      [3, 'done'],
      [4, 'done'],
      [5, 'done'],
      [6, 'done'],
      [7, 'planned'],
      [8, 'failed'],
      [9, 'done'],
    ]);
  });

  it('applies what passed its gates, and nothing else', () => {
    assert.equal(readFileSync(join(folder, 'new.json'), 'utf8'), '{}');
    assert.deepEqual(readdirSync(folder).sort(), ['new.json', 'prices.json']);
  });

  it('puts a change of a repository on a branch and leaves the checkout alone', async () => {
    assert.equal(await at.git(repository, 'show', 'arbiter/note:NOTES.md'), 'notes');
    assert.equal(await at.git(repository, 'status', '--porcelain'), '');
    assert.equal(existsSync(join(repository, 'NOTES.md')), false);
    assert.match(at.results('day.jsonl')[4]?.note ?? '', /git merge arbiter\/note/);
  });

  it('says what a plan would change', () => {
    const [effect] = at.results('day.jsonl')[6]?.effects ?? [];
    assert.equal(effect?.path, 'plan.txt');
    assert.equal(effect?.change, 'created');
  });

  it('says why a gate refused a change', () => {
    const [error] = at.errors('day.jsonl');
    assert.equal(error?.line, 8);
    assert.equal(error?.code, 'GATE_FAILED');
    assert.match(error?.message ?? '', /^The gate L0\/contract-validator refused the change: broken\.json: /);
  });

  it('runs the task that a plugin asked for, under an id that follows from its parent', async () => {
    const { output } = at.results('day.jsonl')[8] as { output?: { submitted?: string } };
    assert.match(output?.submitted ?? '', /:9\/1$/);
    const shown = JSON.parse((await at.program('show', output?.submitted ?? '', '--json')).stdout);
    assert.equal(shown.entries.at(-1).body.outcome, 'done');
  });

  it('explains every decision and what the task could touch', async () => {
    const explained = JSON.parse((await at.program('explain', 'note', '--json')).stdout);
    assert.deepEqual(
      explained.decisions.map(({ table }: { table: string }) => table),
      ['plugin-selection', 'gate-tier', 'rollback', 'approval'],
    );
    for (const { version, rules } of explained.decisions) {
      assert.match(version, /^sha256:/);
      assert.equal(rules.length, 1);
    }
    assert.match(explained.couldTouch.join('\n'), /network: +none/);
  });

  it('leaves a ledger that verifies', async () => {
    const { status, stdout } = await at.program('ledger', 'verify', '--json');
    assert.equal(status, 0, stdout);
    assert.deepEqual(JSON.parse(stdout).findings, []);
  });

  it('leaves nothing in processing, nothing to run, and no private copy', () => {
    for (const folder of [at.home.inbox, at.home.processing, at.home.waiting, at.home.copies])
      assert.deepEqual(readdirSync(folder), []);
  });
});
