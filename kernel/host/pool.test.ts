import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callOf as call, initialize, startMisbehaving } from './fixtures/start-misbehaving.ts';
import { newPool, type Pool, type PoolOptions } from './pool.ts';
import { Interrupted } from './talk/conversation.ts';
import type { Call, PluginProcess } from './talk/plugin-process.ts';

let started: PluginProcess[];
let pools: Pool[];
let folder: string;

async function start(atStart = ''): Promise<PluginProcess> {
  const plugin = startMisbehaving({ atStart });
  started.push(plugin);
  await initialize(plugin);
  return plugin;
}

function poolOf(options: Partial<PoolOptions> = {}): Pool {
  const pool = newPool({ start, processes: 2, pipeline: 1, recycleTasks: 1000, graceMs: 20, ...options });
  pools.push(pool);
  return pool;
}

const pidIn = async (pool: Pool) => ((await pool.execute(call('pid'))) as { pid: number }).pid;
const times = <Result>(count: number, work: () => Promise<Result>) => Promise.all(Array.from({ length: count }, work));

describe('a pool of plugin processes', () => {
  beforeEach(() => {
    started = [];
    pools = [];
    folder = mkdtempSync(join(tmpdir(), 'pool-'));
  });

  afterEach(async () => {
    await Promise.all(pools.map((pool) => pool.stop(0)));
    await Promise.all(started.map((plugin) => plugin.stop(0)));
    rmSync(folder, { recursive: true });
  });

  it('starts nothing before it is asked, and then one process for one request after another', async () => {
    const pool = poolOf();
    assert.equal(started.length, 0);

    const pids = [await pidIn(pool), await pidIn(pool), await pidIn(pool)];

    assert.equal(new Set(pids).size, 1);
    assert.equal(started.length, 1);
  });

  it('grows under load as far as it may, and everybody is served', async () => {
    const pool = poolOf({ processes: 2 });

    const pids = await times(10, () => pidIn(pool));

    assert.equal(new Set(pids).size, 2);
    assert.equal(started.length, 2);
  });

  it('sends several requests into one process at a time, and no more than the plugin takes', async () => {
    let most = 0;
    let open = 0;
    const pool = poolOf({
      processes: 1,
      pipeline: 3,
      async start() {
        const plugin = await start();
        const { execute } = plugin;
        return Object.defineProperties({} as PluginProcess, {
          ...Object.getOwnPropertyDescriptors(plugin),
          execute: {
            async value(request: Call) {
              most = Math.max(most, ++open);
              return execute(request).finally(() => --open);
            },
          },
        });
      },
    });

    await times(12, () => pidIn(pool));

    assert.equal(started.length, 1);
    assert.equal(most, 3);
  });

  it('starts another process in the place of one that died', async () => {
    const pool = poolOf({ processes: 1 });
    const first = await pidIn(pool);

    await assert.rejects(pool.execute(call('exit-in-the-middle')), { code: 'PLUGIN_DIED' });

    assert.notEqual(await pidIn(pool), first);
  });

  it('runs the bystanders of a fault again, alone, and tells the guilty', async () => {
    const pool = poolOf({ processes: 1, pipeline: 3 });
    const marker = join(folder, 'marker');
    const bystander = pool.execute(call('silence-once', { marker }));

    await assert.rejects(pool.execute(call('garbage')), { code: 'PLUGIN_PROTOCOL' });

    const { pid } = (await bystander) as { pid: number };
    assert.notEqual(pid, await pidIn(pool), 'it ran in a process of its own');
  });

  it('runs the bystander of a timeout again', async () => {
    const pool = poolOf({ processes: 1, pipeline: 2 });
    const late = pool.execute(call('silence', {}, { timeoutMs: 100 }));
    const bystander = pool.execute(call('silence-once', { marker: join(folder, 'marker') }));

    await assert.rejects(late, { code: 'PLUGIN_TIMEOUT' });

    assert.ok(await bystander);
  });

  it('puts another process in the place of one that has served long enough', async () => {
    const pool = poolOf({ recycleTasks: 2, processes: 1 });

    const pids = [await pidIn(pool), await pidIn(pool), await pidIn(pool), await pidIn(pool), await pidIn(pool)];

    assert.deepEqual([new Set(pids).size, pids[0] === pids[1], pids[2] === pids[3]], [3, true, true]);
  });

  it('lets go of all idle processes but one', async () => {
    const pool = poolOf({ processes: 3 });
    await times(3, () => pidIn(pool));
    const before = started.length;

    pool.shrink();

    assert.ok(before > 1);
    assert.equal(started.filter(({ ended }) => !ended).length, 1);
  });

  it('gives nothing to a process that does not read what it is sent', async () => {
    const pool = poolOf({ processes: 2, pipeline: 4 });
    const stuck = pool.execute(call('stop-reading', {}, { timeoutMs: 2_000 }));
    const large = pool.execute(call('pid', { text: 'x'.repeat(3_000_000) }, { timeoutMs: 2_000 }));
    await assert.rejects(stuck, { code: 'PLUGIN_TIMEOUT' });
    assert.ok(await large);
  });

  it('gives everybody an error when no process starts', async () => {
    const pool = poolOf({ start: () => start('exit'), processes: 1, pipeline: 4 });

    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => pidIn(pool)));

    for (const outcome of outcomes)
      assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'PLUGIN_START_FAILED');
  });

  it('does not start for ever what does not start', async () => {
    let tries = 0;
    const start = () => {
      tries += 1;
      return startMisbehavingNever();
    };
    const pool = poolOf({ start, processes: 1 });

    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => pidIn(pool)));

    assert.equal(tries, 3);
    assert.ok(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason.message === 'never'));
  });

  it('serves those who wait when one start fails and the next succeeds', async () => {
    let tries = 0;
    const pool = poolOf({ start: () => start(++tries === 1 ? 'exit' : ''), processes: 1 });

    const [first, second] = await Promise.allSettled([pidIn(pool), pidIn(pool)]);

    assert.equal(first?.status, 'rejected');
    assert.equal(second?.status, 'fulfilled');
  });

  it('knows since when it is idle', async () => {
    const pool = poolOf();
    const before = Date.now();

    const working = pidIn(pool);
    assert.equal(pool.idleSince, null);
    await working;

    assert.ok((pool.idleSince ?? 0) >= before);
  });

  it('starts nothing again when it is stopped, and leaves no process', async () => {
    const pool = poolOf({ processes: 1, pipeline: 2 });
    await pidIn(pool);
    const working = [call('silence'), call('silence')].map((one) => assert.rejects(pool.execute(one), Interrupted));

    await pool.stop(0);

    await Promise.all(working);
    assert.equal(started.length, 1);
    assert.equal(started[0]?.ended, true);
    await assert.rejects(pidIn(pool), Interrupted);
  });

  it('ends a process that was still starting when it was stopped', async () => {
    const pool = poolOf({ processes: 1 });
    const working = assert.rejects(pidIn(pool), Interrupted);

    await pool.stop(0);

    await working;
    assert.ok(started.every(({ ended }) => ended));
  });
});

async function startMisbehavingNever(): Promise<PluginProcess> {
  throw new Error('never');
}
