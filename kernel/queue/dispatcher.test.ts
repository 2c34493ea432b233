import assert from 'node:assert/strict';
import { setImmediate as nextImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { type Dispatcher, newDispatcher } from './dispatcher.ts';

interface Item {
  readonly name: string;
  readonly lane: string;
}

interface Bench {
  readonly dispatcher: Dispatcher<Item>;
  /** Names in the order in which they were started. */
  readonly started: string[];
  add(name: string, options?: { lane?: string; priority?: number }): void;
  /** Ends a running item, and waits until what follows has started. */
  end(name: string): Promise<void>;
}

function newBench(concurrency: number, capacityOf: (lane: string) => number = () => concurrency): Bench {
  const running = new Map<string, () => void>();
  const started: string[] = [];
  const dispatcher = newDispatcher<Item>({
    concurrency,
    capacityOf,
    run: ({ name }) => {
      started.push(name);
      return new Promise((resolve) => running.set(name, resolve));
    },
  });
  return {
    dispatcher,
    started,
    add: (name, { lane = 'lane', priority = 5 } = {}) => dispatcher.add({ name, lane }, lane, priority),
    async end(name) {
      running.get(name)?.();
      await nextTurn();
    },
  };
}

describe('the dispatcher', () => {
  it('runs the most urgent first, and equals in the order in which they came', async () => {
    const { add, end, started } = newBench(1);
    add('first');
    add('second');
    add('urgent', { priority: 1 });
    add('idle', { priority: 10 });
    await nextTurn();

    for (const name of ['urgent', 'first', 'second']) await end(name);

    assert.deepEqual(started, ['urgent', 'first', 'second', 'idle']);
  });

  it('passes over a lane that is full, so that a busy plugin keeps nobody else waiting', async () => {
    const { add, end, started } = newBench(3, (lane) => (lane === 'slow' ? 1 : 3));
    for (const name of ['slow 1', 'slow 2']) add(name, { lane: 'slow', priority: 1 });
    for (const name of ['quick 1', 'quick 2', 'quick 3']) add(name, { lane: 'quick' });
    await nextTurn();
    assert.deepEqual(started, ['slow 1', 'quick 1', 'quick 2']);

    await end('slow 1');

    assert.equal(started.at(-1), 'slow 2');
  });

  it('never runs more than the kernel or a lane may, and runs everything once', async () => {
    const item = fc.record({ lane: fc.constantFrom('a', 'b', 'c'), priority: fc.integer({ min: 1, max: 10 }) });
    const capacities: Record<string, number> = { a: 1, b: 2, c: 9 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (items, concurrency) => {
          const running: Record<string, number> = { a: 0, b: 0, c: 0, all: 0 };
          let ended = 0;
          let finished: () => void = () => undefined;
          const everything = new Promise<void>((resolve) => (finished = resolve));
          const count = (lane: string, by: number) => {
            running[lane] = (running[lane] ?? 0) + by;
            running.all = (running.all ?? 0) + by;
          };
          const dispatcher = newDispatcher<{ lane: string }>({
            concurrency,
            capacityOf: (lane) => capacities[lane] ?? 0,
            async run({ lane }) {
              count(lane, 1);
              assert.ok((running.all ?? 0) <= concurrency);
              assert.ok((running[lane] ?? 0) <= (capacities[lane] ?? 0));
              await nextTurn();
              count(lane, -1);
              if (++ended === items.length) finished();
            },
          });

          for (const one of items) dispatcher.add({ ...one }, one.lane, one.priority);

          if (items.length > 0) await everything;
          await nextTurn();
          assert.equal(ended, items.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives the place of a resting item away, and the item takes it back when it is free', async () => {
    const { add, end, started, dispatcher } = newBench(1);
    add('resting');
    add('other');
    await nextTurn();
    assert.deepEqual(started, ['resting']);

    let back = false;
    const rest = dispatcher.rest('lane', 1).then(() => (back = true));
    await nextTurn();
    assert.deepEqual(started, ['resting', 'other']);
    await Promise.race([rest, aWhile()]);
    assert.equal(back, false, 'the other one still has the place');
    await end('other');
    await rest;

    add('third');
    await nextTurn();
    assert.deepEqual(started, ['resting', 'other'], 'the rested item has the place');
    await end('resting');
    assert.deepEqual(started, ['resting', 'other', 'third']);
  });

  it('gives an item back that has not started, and does not run it', async () => {
    const { add, end, started, dispatcher } = newBench(1);
    add('running');
    add('withdrawn');
    add('last');
    await nextTurn();

    assert.equal(
      dispatcher.withdraw(({ name }) => name === 'running'),
      undefined,
    );
    assert.equal(dispatcher.withdraw(({ name }) => name === 'withdrawn')?.name, 'withdrawn');
    assert.equal(
      dispatcher.withdraw(({ name }) => name === 'withdrawn'),
      undefined,
    );
    await end('running');

    assert.deepEqual(started, ['running', 'last']);
  });

  it('starts nothing more when it drains', async () => {
    const { add, end, started, dispatcher } = newBench(1);
    add('running');
    add('never');
    await nextTurn();

    dispatcher.drain();
    await end('running');

    assert.deepEqual(started, ['running']);
  });

  it('wakes a resting item with an error when it drains, whether it waits for its time or for a place', async () => {
    const message = 'its next attempt comes when the kernel is started again';
    const { add, dispatcher } = newBench(2);
    for (const name of ['one', 'two', 'three', 'four']) add(name);
    await nextTurn();

    const long = assert.rejects(dispatcher.rest('lane', 60_000), { message });
    const placeless = assert.rejects(dispatcher.rest('lane', 0), { message });
    await aWhile();
    dispatcher.drain();

    await Promise.all([long, placeless]);
  });
});

/** Until everything that was due has started. */
async function nextTurn(): Promise<void> {
  await nextImmediate();
  await nextImmediate();
}

/** Until a timer that was set after another one has gone off. */
function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => setTimeout(resolve, 1), 1));
}
