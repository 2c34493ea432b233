// What the queue promises: ids, order, dependencies, times, approvals.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const parse = (text: string, more: object = {}) => ({ tool: 'jsonl-parser', input: { text }, ...more });

describe('the queue', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  const start = async (expected = 0) => {
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, expected, run.stdout + run.stderr);
    return run;
  };
  const statuses = (name: string) => at.results(name).map(({ id, status, code }) => [id, code ?? status].join(' '));

  it('runs a task with an id once, whichever files it comes in', async () => {
    at.drop('first.jsonl', [parse('1', { id: 'once' })]);
    await start();
    at.drop('second.jsonl', [parse('1', { id: 'once' }), parse('1', { id: 'once' })]);
    await start();

    const [first] = at.results('first.jsonl');
    const seconds = at.results('second.jsonl');
    assert.deepEqual(
      seconds.map(({ status, duplicateOf }) => [status, duplicateOf]),
      [
        ['done', first?.entry],
        ['done', first?.entry],
      ],
    );
    assert.deepEqual(seconds[0]?.output, first?.output);
    const entries = JSON.parse((await at.arbiter('show', 'once', '--json')).stdout).entries;
    assert.equal(entries.length, 1);
  });

  it('gives a large result again, whole', async () => {
    const text = JSON.stringify({ a: 'x'.repeat(200_000) });
    at.drop('first.jsonl', [parse(text, { id: 'large' })]);
    await start();
    at.drop('second.jsonl', [parse(text, { id: 'large' })]);
    await start();
    const [first, second] = [at.results('first.jsonl')[0], at.results('second.jsonl')[0]];
    assert.deepEqual(second?.output, first?.output);
    assert.equal(second?.duplicateOf, first?.entry);
  });

  it('gives lines with one id in one file one result', async () => {
    at.drop('twins.jsonl', [parse('1', { id: 'twin' }), parse('1', { id: 'twin' }), parse('1', { id: 'twin' })]);
    await start();
    const entries = new Set(at.results('twins.jsonl').map(({ entry }) => entry));
    assert.equal(entries.size, 1);
    assert.deepEqual(statuses('twins.jsonl'), ['twin done', 'twin done', 'twin done']);
  });

  it('refuses an id that comes again with other content, and keeps the first one', async () => {
    at.drop('first.jsonl', [parse('1', { id: 'mine' })]);
    await start();
    at.drop('second.jsonl', [parse('2', { id: 'mine' })]);
    await start(1);
    assert.deepEqual(statuses('second.jsonl'), ['mine ID_REUSED']);
    const shown = JSON.parse((await at.arbiter('show', 'mine', '--json')).stdout).entries;
    assert.deepEqual(
      shown.map(({ body }: { body: { outcome: string } }) => body.outcome),
      ['done'],
    );
  });

  it('lets a failed id come back, corrected', async () => {
    at.drop('first.jsonl', [parse('1', { id: 'again', priority: 3, workspace: '/' })]);
    await start(1);
    at.drop('second.jsonl', [parse('1', { id: 'again' })]);
    await start();
    assert.deepEqual(statuses('second.jsonl'), ['again done']);
  });

  it('runs the same line again tomorrow when it has no id', async () => {
    at.drop('day.jsonl', [parse('1')]);
    await start();
    at.drop('day.jsonl', [parse('1')]);
    await start();
    assert.equal(new Set(at.results('day.jsonl').map(({ entry }) => entry)).size, 2);
  });

  it('starts the most urgent line first', async () => {
    at.remove();
    at = temporaryHome({ concurrency: 1 });
    at.drop('urgent.jsonl', [
      parse('1', { id: 'idle', priority: 9 }),
      parse('2', { id: 'usual' }),
      parse('3', { id: 'soon', priority: 1 }),
    ]);
    await start();
    const order = at
      .results('urgent.jsonl')
      .sort((a, b) => (a.entry ?? 0) - (b.entry ?? 0))
      .map(({ id }) => id);
    assert.deepEqual(order, ['soon', 'usual', 'idle']);
  });

  it('runs tasks after those they depend on, across lines and files', async () => {
    at.drop('a.jsonl', [
      parse('3', { id: 'third', dependsOn: ['second'] }),
      parse('2', { id: 'second', dependsOn: ['first'] }),
    ]);
    at.drop('b.jsonl', [parse('1', { id: 'first' })]);
    await start();
    const all = [...at.results('a.jsonl'), ...at.results('b.jsonl')].filter(({ status }) => status === 'done');
    const order = all.sort((a, b) => (a.entry ?? 0) - (b.entry ?? 0)).map(({ id }) => id);
    assert.deepEqual(order, ['first', 'second', 'third']);
  });

  it('refuses a task whose dependency failed', async () => {
    at.drop('a.jsonl', [{ id: 'bad', tool: 'nothing' }, parse('1', { id: 'after', dependsOn: ['bad'] })]);
    await start(1);
    assert.deepEqual(statuses('a.jsonl'), ['bad TOOL_UNKNOWN', 'after DEPENDENCY_FAILED']);
  });

  it('keeps a task that waits for one it has not seen, over a restart', async () => {
    at.drop('a.jsonl', [parse('1', { id: 'patient', dependsOn: ['later'] })]);
    await start();
    assert.deepEqual(statuses('a.jsonl'), ['patient waiting']);
    assert.equal(readdirSync(at.home.waiting).length, 1);

    at.drop('b.jsonl', [parse('1', { id: 'later' })]);
    await start();
    assert.deepEqual(statuses('a.jsonl'), ['patient waiting', 'patient done']);
    assert.deepEqual(readdirSync(at.home.waiting), []);
  });

  it('leaves a future task to its time, and cancels it without a kernel', async () => {
    at.drop('a.jsonl', [
      parse('1', { id: 'future', notBefore: '2999-01-01T00:00:00Z' }),
      parse('1', { id: 'past', notBefore: '2001-01-01T00:00:00Z' }),
    ]);
    await start();
    assert.deepEqual(statuses('a.jsonl'), ['future waiting', 'past done']);
    assert.match((await at.arbiter('show', 'future')).stdout, /waiting until 2999/);

    const cancelled = await at.arbiter('cancel', 'future');
    assert.equal(cancelled.status, 0, cancelled.stderr);
    assert.deepEqual(statuses('a.jsonl'), ['future waiting', 'future CANCELLED', 'past done']);
    assert.deepEqual(readdirSync(at.home.waiting), []);
  });

  it('keeps a change that needs an approval, and applies nothing', async () => {
    const folder = at.folder('notes');
    at.drop('a.jsonl', [
      {
        id: 'ask',
        tool: 'file-writer',
        workspace: folder,
        approval: 'required',
        input: { path: 'a.txt', content: 'a' },
      },
    ]);
    await start();
    assert.deepEqual(statuses('a.jsonl'), ['ask waiting']);
    assert.deepEqual(readdirSync(folder), []);
    await start();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('finishes a long file whose lines wait for its last one', async () => {
    at.remove();
    at = temporaryHome({ queue: { restMs: 50, window: 5 } });
    const waiting = Array.from({ length: 40 }, (_, index) =>
      parse(`${index}`, { id: `w${index}`, dependsOn: ['last'] }),
    );
    at.drop('a.jsonl', [...waiting, parse('1', { id: 'last' })]);
    await start();
    const done = at.results('a.jsonl').filter(({ status }) => status === 'done');
    assert.equal(done.length, 41);
    assert.deepEqual(readdirSync(at.home.waiting), []);
  });
});
