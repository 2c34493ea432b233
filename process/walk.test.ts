import assert from 'node:assert/strict';
import type { Node, StepGraph } from './step-graph.ts';
import { type Arrival, type Walker, walk } from './walk.ts';

interface Token {
  readonly facts: Record<string, unknown>;
  readonly answers: Record<string, unknown>;
  /** Steps that throw, and how often. */
  readonly failing: Record<string, number>;
  readonly heard: string[];
}

const walker: Walker<Token> = {
  async step(id, { heard, failing }) {
    heard.push(id);
    const times = failing[id] ?? 0;
    failing[id] = times - 1;
    if (times > 0) throw new Error(`${id} failed`);
  },
  failed: (id, { heard }, error) => heard.push(`failed ${id}: ${(error as Error).message}`),
  async decide(decision, { heard, answers }) {
    heard.push(`decide ${decision}`);
    return answers[decision];
  },
  facts: ({ facts }) => facts,
  async wait(id, durationMs, { heard }) {
    heard.push(`wait ${id} ${durationMs}`);
  },
  async park(id, { heard }) {
    heard.push(`park ${id}`);
    return true;
  },
};

const step = (id: string, next: string, onError: string | null = null): Node => ({ kind: 'step', id, next, onError });
const end = (id: string): Node => ({ kind: 'end', id });
const timer = (id: string, durationMs: string, next: string): Node => ({ kind: 'timer', id, durationMs, next });

/** A gateway whose last branch is the default: `branches` are `[condition, to]`. */
function gateway(id: string, decision: string | null, branches: [string, string][], otherwise: string): Node {
  const conditional = branches.map(([condition, to]) => ({ condition, to }));
  return {
    kind: 'gateway',
    id,
    decision,
    atMost: null,
    branches: [...conditional, { condition: null, to: otherwise }],
  };
}

function graphOf(...nodes: Node[]): StepGraph {
  return { start: nodes[0]?.id ?? '', nodes: new Map(nodes.map((node) => [node.id, node])) };
}

function newToken(differences: Partial<Token> = {}): Token {
  return { facts: {}, answers: {}, failing: {}, heard: [], ...differences };
}

async function run(graph: StepGraph, token: Token, from?: string): Promise<[Arrival, string[]]> {
  return [await walk(graph, token, walker, from), token.heard];
}

describe('A walk', () => {
  it('does the steps in order, and says at which end it came out', async () => {
    const graph = graphOf(step('a', 'b'), step('b', 'c'), step('c', 'done'), end('done'));

    assert.deepEqual(await run(graph, newToken()), [{ at: 'end', id: 'done' }, ['a', 'b', 'c']]);
  });

  it('does a step only when the one before it is finished', async () => {
    const graph = graphOf(step('a', 'b'), step('b', 'done'), end('done'));
    const heard: string[] = [];
    const slow: Walker<Token> = {
      ...walker,
      async step(id) {
        heard.push(`begin ${id}`);
        await new Promise((resolve) => setImmediate(resolve));
        heard.push(`end ${id}`);
      },
    };

    await walk(graph, newToken(), slow);

    assert.deepEqual(heard, ['begin a', 'end a', 'begin b', 'end b']);
  });

  it('tells of every box that it enters', async () => {
    const graph = graphOf(step('a', 'g'), gateway('g', null, [], 'done'), end('done'));
    const entered: string[] = [];

    await walk(graph, newToken(), { ...walker, entered: (id) => entered.push(id) });

    assert.deepEqual(entered, ['a', 'g', 'done']);
  });

  it('can begin in the middle, as after an approval', async () => {
    const graph = graphOf(step('a', 'b'), step('b', 'done'), end('done'));

    assert.deepEqual(await run(graph, newToken(), 'b'), [{ at: 'end', id: 'done' }, ['b']]);
  });
});

describe('An error in a step', () => {
  it('leads along its error flow, and is told before what comes there', async () => {
    const graph = graphOf(step('a', 'done', 'undo'), step('undo', 'failed'), end('done'), end('failed'));

    assert.deepEqual(await run(graph, newToken({ failing: { a: 1 } })), [
      { at: 'end', id: 'failed' },
      ['a', 'failed a: a failed', 'undo'],
    ]);
  });

  it('goes up where there is no error flow', async () => {
    const graph = graphOf(step('a', 'b', 'b'), step('b', 'done'), end('done'));
    const token = newToken({ failing: { b: 1 } });

    await assert.rejects(run(graph, token), { message: 'b failed' });

    assert.deepEqual(token.heard, ['a', 'b']);
  });

  it('comes back by way of a table and a timer until the step holds', async () => {
    const graph = graphOf(
      step('a', 'done', 'retry'),
      gateway('retry', 'retry', [['action = "retry"', 'backoff']], 'failed'),
      timer('backoff', 'delayMs', 'a'),
      ...[end('done'), end('failed')],
    );
    const token = newToken({ failing: { a: 2 }, answers: { retry: { action: 'retry', delayMs: 200 } } });

    const again = ['failed a: a failed', 'decide retry', 'wait backoff 200', 'a'];
    assert.deepEqual(await run(graph, token), [{ at: 'end', id: 'done' }, ['a', ...again, ...again]]);
  });
});

describe('A gateway', () => {
  const byFacts = graphOf(
    gateway(
      'g',
      null,
      [
        ['size > 10', 'large'],
        ['size > 5', 'middle'],
      ],
      'small',
    ),
    ...[end('large'), end('middle'), end('small')],
  );
  for (const [facts, id] of [
    [{ size: 11 }, 'large'],
    [{ size: 6 }, 'middle'],
    [{ size: 5 }, 'small'],
    [{}, 'small'],
    [{ size: 'x' }, 'small'],
  ] as const)
    it(`takes the first branch whose condition holds: ${JSON.stringify(facts)} leads to ${id}`, async () => {
      assert.deepEqual(await run(byFacts, newToken({ facts })), [{ at: 'end', id }, []]);
    });

  const byDecision = (condition: string) =>
    graphOf(gateway('g', 'approval', [[condition, 'yes']], 'no'), end('yes'), end('no'));

  it('asks its table and knows the one output by the name of the table', async () => {
    for (const [answer, id] of [
      [true, 'yes'],
      [false, 'no'],
      [null, 'no'],
    ] as const)
      assert.deepEqual(await run(byDecision('approval'), newToken({ answers: { approval: answer } })), [
        { at: 'end', id },
        ['decide approval'],
      ]);
  });

  it('knows several outputs by their own names, before the facts of the token', async () => {
    const token = newToken({ answers: { approval: { needed: 'yes' } }, facts: { needed: 'no', by: 'ada' } });

    assert.deepEqual((await run(byDecision('needed = "yes" and by = "ada"'), token))[0], { at: 'end', id: 'yes' });
  });

  it('knows a list by the name of the table', async () => {
    const token = newToken({ answers: { approval: ['a', 'b'] } });

    assert.deepEqual((await run(byDecision('count(approval) = 2'), token))[0], { at: 'end', id: 'yes' });
  });

  it('takes only true for true', async () => {
    assert.deepEqual((await run(byDecision('approval'), newToken({ answers: { approval: 'yes' } })))[0].id, 'no');
  });

  it('forgets what an earlier gateway was told', async () => {
    const graph = graphOf(
      gateway('first', 'approval', [], 'second'),
      gateway('second', null, [['needed', 'yes']], 'no'),
      ...[end('yes'), end('no')],
    );

    assert.equal((await run(graph, newToken({ answers: { approval: { needed: true } } })))[0].id, 'no');
  });
});

describe('A timer', () => {
  it('waits as long as the facts and the last decision say', async () => {
    const graph = graphOf(gateway('g', 'retry', [], 'pause'), timer('pause', 'delayMs * factor', 'done'), end('done'));
    const token = newToken({ answers: { retry: { delayMs: 200 } }, facts: { factor: 3 } });

    assert.deepEqual(await run(graph, token), [{ at: 'end', id: 'done' }, ['decide retry', 'wait pause 600']]);
  });
});

describe('An approval', () => {
  it('parks the token and ends the walk there', async () => {
    const graph = graphOf(step('a', 'ask'), { kind: 'approval', id: 'ask', next: 'b' }, step('b', 'done'), end('done'));

    assert.deepEqual(await run(graph, newToken()), [{ at: 'approval', id: 'ask' }, ['a', 'park ask']]);
  });
});
