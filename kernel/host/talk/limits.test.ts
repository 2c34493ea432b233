import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';
import { skip } from '../fixtures/boxes.ts';
import {
  callOf,
  commandOf,
  initialize,
  roomyLimits,
  type StartOptions,
  startMisbehaving,
  unheard,
} from '../fixtures/start-misbehaving.ts';
import { limitsPrefix } from '../launch/limits.ts';
import { Interrupted } from './conversation.ts';
import type { Call, PluginProcess } from './plugin-process.ts';

interface Breach extends StartOptions {
  readonly input?: Record<string, unknown>;
  readonly call?: Partial<Call>;
}

describe('a plugin that goes over a limit', () => {
  let plugin: PluginProcess;

  afterEach(() => plugin.stop(0));

  async function ready(options: StartOptions): Promise<void> {
    plugin = startMisbehaving(options);
    await initialize(plugin);
  }

  /** Calls `tool` and checks that PLUGIN_LIMIT names `limit`, with these words. */
  async function breaks(limit: keyof CategoryBudget, tool: string, message: string, how: Breach = {}): Promise<void> {
    await ready(how);
    await assert.rejects(plugin.execute(callOf(tool, how.input, how.call)), {
      ...{ code: 'PLUGIN_LIMIT', retryable: false },
      message: `Plugin odd went over its limit ${limit} of ${message}.`,
    });
  }

  it('of messages besides its answer is ended, and heard until then', async () => {
    let heard = 0;
    const call = { ...unheard, onKernelCall: () => (heard += 1) };
    await breaks('messagesPerSecond', 'flood', '20 in flood: it sent more besides its answer, progress among it', {
      ...{ limits: { messagesPerSecond: 20 }, input: { messages: 1_000 }, call },
    });

    assert.ok(heard >= 20 && heard < 1_000, `${heard}`);
    assert.equal(plugin.ended, true);
  });

  it('of output is ended, though its lines are blank', async () => {
    await breaks('outputMbPerSecond', 'blank-lines', '1 in its work: it wrote more to stdout and stderr', {
      ...{ limits: { outputMbPerSecond: 1 }, input: { megabytes: 16 } },
    });
    assert.equal(plugin.ended, true);
  });

  it('of output is ended, though it writes to stderr', async () => {
    await breaks('outputMbPerSecond', 'noisy-stderr', '1 in its work: it wrote more to stdout and stderr', {
      limits: { outputMbPerSecond: 1 },
    });
    assert.equal(plugin.ended, true);
  });

  it('of output is ended between two tasks, and nobody is blamed', async () => {
    await ready({ limits: { outputMbPerSecond: 1 } });
    assert.deepEqual(await plugin.execute(callOf('answer-and-flood')), {});

    while (!plugin.ended) await new Promise((resolve) => setImmediate(resolve));

    const because = (error: unknown) => error instanceof Interrupted && error.cause.code === 'PLUGIN_LIMIT';
    await assert.rejects(plugin.execute(callOf('echo')), because);
  });

  it('and says so in its refusal is blamed for the limit, and lives on', async () => {
    const message = "EMFILE: too many open files, open '/tmp/a'";
    await breaks('openFiles', 'refuse', `256 in refuse: it said: ${message}`, { input: { message } });

    assert.deepEqual(await plugin.execute(callOf('echo', { n: 1 })), { n: 1 });
  });

  it('and says so before it ends is blamed for the limit', () =>
    breaks('memoryMb', 'say-and-exit', '1024 in say-and-exit: it ended with code 5', {
      input: { message: 'JavaScript heap out of memory' },
    }));

  it('of CPU time is told by the signal that ended it', async function () {
    const bounded = limitsPrefix({ ...roomyLimits, cpuSeconds: 1 }, false);
    const [prlimit] = bounded as [string, ...string[]];
    if (spawnSync(prlimit, ['--version']).status !== 0) skip(this, `there is no ${prlimit}`);
    await breaks('cpuSeconds', 'spin', '60 in spin: it was ended by SIGXCPU', {
      command: [...bounded, ...commandOf()],
    });
  });

  it('that the watchdog keeps is ended', async () => {
    await ready({ limits: { memoryMb: 100 } });

    await assert.rejects(plugin.execute(callOf('hold-memory', { megabytes: 200 })), {
      code: 'PLUGIN_LIMIT',
      message: /^Plugin odd went over its limit memoryMb of 100 in its work: its processes held \d+ MB\.$/,
    });
  });
});
