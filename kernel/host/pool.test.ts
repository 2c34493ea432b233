import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newPool, type Pool, type PoolOptions } from './pool.ts';
import { type Call, Interrupted, type PluginProcess, startPlugin } from './talk/plugin-process.ts';

const program = fileURLToPath(new URL('./fixtures/misbehaving-plugin.mjs', import.meta.url));

let started: PluginProcess[];
let pools: Pool[];
let folder: string;

async function start(atStart = ''): Promise<PluginProcess> {
  const launch = { command: [process.execPath, program, atStart], env: { PATH: '/usr/bin:/bin' } };
  const plugin = startPlugin('odd', launch, 1024 * 1024, 20);
  started.push(plugin);
  await plugin.initialize({ protocol: 'protocol.v1', plugin: 'odd', settings: {} });
  return plugin;
}

function poolOf(options: Partial<PoolOptions> = {}): Pool {
  const pool = newPool({ start, processes: 2, pipeline: 1, reusable: true, graceMs: 20, ...options });
  pools.push(pool);
  return pool;
}

function call(tool: string, input: Record<string, unknown> = {}, options: Partial<Call> = {}): Call {
  const moment = '2026-01-01T00:00:00.000Z';
  const params = { tool, input, workspace: null, whatIf: false, traceparent: '', deadline: moment, now: moment };
  return { params, timeoutMs: 20_000, signal: new AbortController().signal, onKernelCall: () => null, ...options };
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
    const pool = poolOf({
      processes: 1,
      pipeline: 3,
      async start() {
        const plugin = await start();
        const { execute } = plugin;
        return Object.defineProperties({} as PluginProcess, {
          ...Object.getOwnPropertyDescriptors(plugin),
          execute: {
            value: (request: Call) => {
              const answer = execute(request);
              most = Math.max(most, plugin.inFlight);
              return answer;
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

  it('uses each process once where it may not be used again', async () => {
    const pool = poolOf({ reusable: false, processes: 2 });

    const pids = await times(5, () => pidIn(pool));

    assert.equal(new Set(pids).size, 5);
    assert.ok(started.every(({ ended }) => ended));
  });

  it('gives everybody an error when no process starts', async () => {
    const pool = poolOf({ start: () => start('exit'), processes: 1, pipeline: 4 });

    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => pidIn(pool)));

    for (const outcome of outcomes)
      assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'PLUGIN_START_FAILED');
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
