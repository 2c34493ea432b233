import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { newSpares, type Spares } from './spares.ts';
import type { PluginProcess } from './talk/plugin-process.ts';

interface Started extends Pick<PluginProcess, 'ended' | 'stop'> {
  readonly name: number;
  ended: boolean;
  stoppedAfterMs: number | null;
}

describe('the spares', () => {
  let started: Started[];
  /** How often a start was tried. */
  let starts: number;
  /** Why a start fails, while it does. */
  let failing: Error | null;
  let spares: Spares;

  beforeEach(() => {
    mock.timers.enable({ apis: ['Date'], now: 5_000 });
    [started, starts, failing] = [[], 0, null];
    spares = newSpares({ start, most: 3, later: (work) => work() });
  });

  afterEach(() => mock.timers.reset());

  async function start(): Promise<PluginProcess> {
    starts += 1;
    await nextTurn();
    if (failing) throw failing;
    const process: Started = {
      ...{ name: started.length + 1, ended: false, stoppedAfterMs: null },
      async stop(graceMs) {
        this.stoppedAfterMs = graceMs;
      },
    };
    started.push(process);
    return process as unknown as PluginProcess;
  }

  const take = async () => (await spares.take()) as unknown as Started;
  const takeAll = (count: number) => Promise.all(Array.from({ length: count }, take));
  const namesOf = (processes: readonly Started[]) => processes.map(({ name }) => name);

  /** Until all starts that are under way are over. */
  async function settled(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await nextTurn();
  }

  it('are none before the first is asked for', async () => {
    await settled();

    assert.equal(starts, 0);
  });

  it('are one after the first use, which the next one gets', async () => {
    const first = await take();
    await settled();
    assert.deepEqual(namesOf(started), [1, 2]);

    const second = await take();

    assert.deepEqual([first.name, second.name], [1, 2]);
  });

  it('are given out while they still start', async () => {
    await take();

    assert.equal((await take()).name, 2);
  });

  it('are as many as were in use at one time', async () => {
    const two = await takeAll(2);
    await settled();

    assert.deepEqual(namesOf(two), [1, 2]);
    assert.equal(started.length, 4);
  });

  it('are not more than the most', async () => {
    await takeAll(5);
    await settled();

    assert.equal(started.length, 5 + 3);
  });

  it('are one again after nobody used any', async () => {
    await takeAll(3);
    await settled();
    for (let use = 0; use < 3; use++) spares.done();
    for (let use = 0; use < 3; use++) {
      await take();
      spares.done();
    }
    await settled();

    assert.equal(started.length, 3 + 3 + 1);
  });

  it('are not given out when they ended while they waited', async () => {
    await takeAll(2);
    await settled();
    (started[2] as Started).ended = true;

    assert.equal((await take()).name, 4);
  });

  it('tell who asked that a start failed, and nobody else', async () => {
    failing = new Error('there is no model');

    await assert.rejects(spares.take(), failing);
    await settled();

    assert.equal(starts, 1);
  });

  it('do not repeat a start that failed until somebody asks, who is told', async () => {
    await take();
    failing = new Error('there is no model');
    await settled();
    assert.equal(starts, 2);
    spares.done();
    await settled();
    assert.equal(starts, 2);

    await assert.rejects(spares.take(), failing);
    await settled();
    assert.equal(starts, 3);

    failing = null;
    await take();
    await settled();
    assert.equal(starts, 5);
  });

  it('are no more than are in use after a start ahead failed', async () => {
    await takeAll(3);
    failing = new Error('there is no model');
    await settled();
    failing = null;
    spares.done();
    spares.done();

    await take();
    await settled();

    assert.equal(started.length, 3 + 1 + 2);
  });

  it('are all stopped, those that still start as well, and no other is started', async () => {
    const [taken] = await takeAll(2);
    const stopped = spares.stop(70);
    await stopped;
    await settled();

    assert.equal(taken?.stoppedAfterMs, null);
    assert.deepEqual(
      started.slice(2).map(({ stoppedAfterMs }) => stoppedAfterMs),
      [70, 70],
    );
    spares.done();
    await settled();
    assert.equal(started.length, 4);
  });

  it('are not started for who asked before they were stopped', async () => {
    const asked = take();

    await spares.stop(0);
    await asked;
    await settled();

    assert.equal(started.length, 1);
  });

  it('leave nothing when a start fails while they are stopped', async () => {
    await take();
    failing = new Error('there is no model');

    await spares.stop(0);

    assert.equal(starts, 2);
  });

  it('idle since the last one was given back, and not while one is in use', async () => {
    assert.equal(spares.idleSince, 5_000);
    const asked = takeAll(2);
    assert.equal(spares.idleSince, null);
    await asked;

    mock.timers.setTime(6_000);
    spares.done();
    assert.equal(spares.idleSince, null);
    mock.timers.setTime(7_000);
    spares.done();

    assert.equal(spares.idleSince, 7_000);
  });

  it('idle since a start failed', async () => {
    failing = new Error('there is no model');
    mock.timers.setTime(8_000);

    await assert.rejects(spares.take(), failing);

    assert.equal(spares.idleSince, 8_000);
  });
});
