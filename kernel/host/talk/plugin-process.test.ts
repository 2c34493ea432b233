import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ArbiterError } from '../../../contracts/errors.ts';
import { callOf as call, initialize, type StartOptions, startMisbehaving } from '../fixtures/start-misbehaving.ts';
import { Interrupted } from './conversation.ts';
import type { Call, PluginProcess } from './plugin-process.ts';

let started: PluginProcess[] = [];

function start(options: StartOptions = {}): PluginProcess {
  const plugin = startMisbehaving(options);
  started.push(plugin);
  return plugin;
}

async function ready(): Promise<PluginProcess> {
  const plugin = start();
  await initialize(plugin);
  return plugin;
}

async function pidOf(plugin: PluginProcess): Promise<number> {
  return ((await plugin.execute(call('pid'))) as { pid: number }).pid;
}

/** Waits until the process is no more; a zombie counts as gone, for whoever adopted it has to bury it. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      if (/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return;
    } catch {
      return;
    }
    await nextTurn();
  }
}

/** Calls `tool` alone and checks its error, and that the process is gone then. */
async function ends(tool: string, code: string, message: string, options: Partial<Call> = {}): Promise<ArbiterError> {
  const plugin = await ready();
  const pid = await pidOf(plugin);
  let error: unknown;
  await plugin.execute(call(tool, {}, options)).catch((thrown) => (error = thrown));
  assert.ok(error instanceof ArbiterError, `${error}`);
  assert.equal(error.code, code);
  assert.equal(error.message, message);
  await gone(pid);
  assert.equal(plugin.ended, true);
  return error;
}

describe('a plugin process', () => {
  afterEach(async () => {
    mock.timers.reset();
    await Promise.all(started.map((plugin) => plugin.stop(0)));
    started = [];
  });

  it('answers what it is asked, several at a time', async () => {
    const plugin = await ready();

    const answers = await Promise.all([1, 2, 3].map((n) => plugin.execute(call('echo', { n }))));

    assert.deepEqual(answers, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    assert.equal(plugin.ended, false);
  });

  it('may fail, for good or for now, and lives on', async () => {
    const plugin = await ready();

    await assert.rejects(plugin.execute(call('fail')), {
      code: 'TOOL_FAILED',
      message: 'fail failed: there is no such file.',
      retryable: false,
    });
    await assert.rejects(plugin.execute(call('fail-for-now')), {
      code: 'TOOL_FAILED_RETRYABLE',
      message: 'fail-for-now failed for now: the service is busy.',
      retryable: true,
    });
    await assert.rejects(plugin.execute(call('fail-oddly')), {
      code: 'PLUGIN_PROTOCOL',
      message: 'Plugin odd broke the protocol: it refused fail-oddly with -1. It sent: because',
    });
    assert.deepEqual(await plugin.execute(call('echo', { n: 1 })), { n: 1 });
  });

  it('that ends before it answered initialize says why', async () => {
    await assert.rejects(initialize(start({ atStart: 'exit' })), {
      code: 'PLUGIN_START_FAILED',
      message: 'Plugin odd ended before it answered initialize: it ended with code 7.',
      remedy: 'Run it by hand and look at what it writes to stderr. It wrote: there is no model',
    });
  });

  it('that cannot be started says so', async () => {
    const plugin = start({ command: ['/nowhere/node'] });
    await assert.rejects(initialize(plugin), {
      code: 'PLUGIN_START_FAILED',
      message: 'Plugin odd ended before it answered initialize: it could not be started.',
    });
    await plugin.stop(0);
  });

  it('that never answers initialize is given up after ten seconds', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    const starting = initialize(start({ atStart: 'silent' }));
    mock.timers.tick(9_999);
    mock.timers.tick(1);
    mock.timers.reset();

    await assert.rejects(starting, {
      code: 'PLUGIN_START_FAILED',
      message: 'Plugin odd ended before it answered initialize: it did not answer.',
      expected: 'An answer to initialize within 10000 ms.',
    });
  });

  it('that refuses initialize says why', async () => {
    await assert.rejects(initialize(start({ atStart: 'refuse' })), {
      code: 'TOOL_FAILED',
      message: 'initialize failed: it needs a key.',
    });
  });

  it('that exits in the middle is reported with its last words', async () => {
    const error = await ends(
      'exit-in-the-middle',
      'PLUGIN_DIED',
      'Plugin odd ended in the middle of exit-in-the-middle: it ended with code 3.',
    );
    assert.equal(error.remedy, 'Look at what it wrote to stderr. It wrote: giving up');
    assert.equal(error.retryable, true);
  });

  it('that is killed is reported with the signal', () =>
    ends('kill-itself', 'PLUGIN_DIED', 'Plugin odd ended in the middle of kill-itself: it was ended by SIGKILL.'));

  it('that is silent is killed when its time is over', () =>
    ends('silence', 'PLUGIN_TIMEOUT', 'Plugin odd did not answer silence within 30 ms; its process was killed.', {
      timeoutMs: 30,
    }));

  it('that ignores cancel is killed after the grace', () =>
    ends('silence', 'CANCELLED', 'The task was cancelled.', { signal: AbortSignal.abort() }));

  it('that heeds cancel lives on', async () => {
    const plugin = await ready();
    const cancelling = new AbortController();

    const cancelled = plugin.execute(call('heed-cancel', {}, { signal: cancelling.signal }));
    cancelling.abort();

    await assert.rejects(cancelled, { code: 'CANCELLED', message: 'The task was cancelled.' });
    assert.deepEqual(await plugin.execute(call('echo', { n: 1 })), { n: 1 });
  });

  it('may write as much as it likes to stderr', async () => {
    const plugin = await ready();

    assert.deepEqual(await plugin.execute(call('noisy-stderr')), { wrote: 'much' });
    const error = await plugin.execute(call('exit-in-the-middle')).catch((thrown: ArbiterError) => thrown);

    assert.ok(error instanceof ArbiterError);
    assert.match(error.remedy, /last words\ngiving up$/);
    assert.ok(error.remedy.length < 2_100);
  });

  it('may answer and exit at once', async () => {
    const plugin = await ready();
    assert.deepEqual(await plugin.execute(call('answer-and-exit')), { last: true });
  });

  it('that leaves a grandchild behind takes it along, though the grandchild holds the pipe', async () => {
    const error = await ends(
      'leave-a-grandchild',
      'PLUGIN_DIED',
      'Plugin odd ended in the middle of leave-a-grandchild: it ended with code 0.',
    );

    await gone(Number(/grandchild (\d+)/.exec(error.remedy)?.[1]));
  });

  it('ends when it is asked to, and is killed when it does not', async () => {
    const polite = await ready();
    const pid = await pidOf(polite);
    await polite.stop(60_000);
    await gone(pid);

    const stubborn = await ready();
    const working = assert.rejects(stubborn.execute(call('silence')), Interrupted);
    await stubborn.stop(0);
    await working;
  });

  it('takes nothing more once it has ended', async () => {
    const plugin = await ready();
    await plugin.execute(call('exit-in-the-middle')).catch(() => undefined);

    await assert.rejects(plugin.execute(call('echo')), Interrupted);
  });
});
