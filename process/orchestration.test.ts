import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { readDiagram } from './read-bpmn.ts';
import { endlessLoop, reachable, type StepGraph } from './step-graph.ts';
import { walk } from './walk.ts';

describe('process/orchestration.bpmn as shipped', () => {
  let graph: StepGraph;

  before(async () => {
    graph = await readDiagram(fileURLToPath(new URL('./orchestration.bpmn', import.meta.url)));
  });

  const idsOf = (kind: string) => [...graph.nodes.values()].filter((node) => node.kind === kind).map(({ id }) => id);

  /** Walks with these answers, and steps that fail so many times; gives the path and where it ended. */
  async function path(answers: Record<string, unknown>, failing: Record<string, number> = {}): Promise<string[]> {
    const entered: string[] = [];
    await walk(graph, null, {
      async step(id) {
        if ((failing[id] = (failing[id] ?? 0) - 1) >= 0) throw new Error(id);
      },
      failed: () => undefined,
      decide: async (decision) => answers[decision],
      facts: () => ({ duplicate: answers.duplicate === true }),
      wait: async () => undefined,
      park: async () => true,
      entered: (id) => entered.push(id),
    });
    return entered;
  }

  it('has the boxes of the journey', () => {
    assert.deepEqual(idsOf('step'), [
      ...['plan', 'acquire', 'validate', 'load-plugin', 'execute', 'verify', 'commit-ledger'],
      ...['reject', 'rollback', 'fall-back', 'quarantine'],
    ]);
    assert.deepEqual(idsOf('approval'), ['await-approval']);
    assert.deepEqual(idsOf('timer'), ['backoff']);
    assert.deepEqual(idsOf('end'), ['done', 'duplicate', 'rejected', 'failed', 'quarantined']);
  });

  it('has no box that cannot be reached', () => {
    assert.deepEqual([...reachable(graph, graph.start)].sort(), [...graph.nodes.keys()].sort());
  });

  it('leads to Done by way of Validate, Verify and Commit ledger only', () => {
    for (const box of ['validate', 'verify', 'commit-ledger'])
      assert.equal(reachable(graph, graph.start, ({ id }) => id === box).has('done'), false, box);
  });

  it('cannot go round without a pause', () => {
    assert.equal(endlessLoop(graph), null);
  });

  const begin = ['plan', 'acquire', 'first', 'validate', 'load-plugin', 'execute'];
  const good = { rollback: 'keep', approval: false };

  it('leads a task that succeeds to done', async () => {
    assert.deepEqual(await path(good), [...begin, 'verify', 'keep', 'approval', 'commit-ledger', 'done']);
  });

  it('leads a second task with an id to duplicate', async () => {
    assert.deepEqual((await path({ ...good, duplicate: true })).at(-1), 'duplicate');
  });

  it('leads a task that cannot be planned, acquired or validated to rejected', async () => {
    for (const box of ['plan', 'acquire', 'validate'])
      assert.deepEqual((await path(good, { [box]: 1 })).slice(-3), [box, 'reject', 'rejected']);
  });

  it('leads a change that a gate refuses to failed', async () => {
    const tail = ['verify', 'keep', 'rollback', 'failed'];

    assert.deepEqual((await path({ ...good, rollback: 'rollback' })).slice(-4), tail);
  });

  it('lets a change wait for a person when it is large or an approval is needed', async () => {
    assert.deepEqual((await path({ ...good, rollback: 'manual' })).at(-1), 'await-approval');
    assert.deepEqual((await path({ ...good, approval: true })).at(-1), 'await-approval');
  });

  it('leads every later failure to the table that says what comes next', async () => {
    for (const box of ['load-plugin', 'execute', 'verify', 'commit-ledger']) {
      const endAfter = async (action: string) =>
        (await path({ ...good, retry: { action, delayMs: 1 } }, { [box]: 1 })).at(-1);

      assert.equal(await endAfter('retry'), 'done');
      assert.equal(await endAfter('fail'), 'failed');
      assert.equal(await endAfter('quarantine'), 'quarantined');
    }
  });

  it('takes what is put in the place of a failed tool through validate, and a result through verify', async () => {
    const failed = { ...good, retry: { action: 'fail' } };
    const tail = async (action: string) => {
      const entered = await path({ ...failed, fallback: { action } }, { execute: 1 });
      return entered.slice(entered.indexOf('fallback'));
    };

    assert.deepEqual((await tail('tool')).slice(0, 5), [
      'fallback',
      'fall-back',
      'answered',
      'validate',
      'load-plugin',
    ]);
    assert.deepEqual(await tail('none'), ['fallback', 'rollback', 'failed']);
    const unfit = await path({ ...failed, fallback: { action: 'tool' } }, { execute: 1, 'fall-back': 9 });
    assert.deepEqual(unfit.slice(-3), ['fallback', 'rollback', 'failed']);
    assert.equal(unfit.filter((id) => id === 'fall-back').length, 5);
  });

  it('tries again from the loading of the plugin, after a pause', async () => {
    const entered = await path({ ...good, retry: { action: 'retry', delayMs: 1 } }, { execute: 1 });

    assert.deepEqual(entered.slice(0, begin.length + 4), [...begin, 'retry', 'backoff', 'load-plugin', 'execute']);
  });
});
