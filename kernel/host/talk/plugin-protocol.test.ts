// What a plugin says, and when that ends its process.
import assert from 'node:assert/strict';
import { ArbiterError, fault } from '../../../contracts/errors.ts';
import { callOf as call, initialize, startMisbehaving } from '../fixtures/start-misbehaving.ts';
import { Interrupted } from './conversation.ts';
import type { Call, PluginProcess } from './plugin-process.ts';

let started: PluginProcess[] = [];

async function ready(): Promise<PluginProcess> {
  const plugin = startMisbehaving();
  started.push(plugin);
  await initialize(plugin);
  return plugin;
}

/** Calls `tool` alone and checks its error, and that the process takes nothing more. */
async function ends(tool: string, code: string, message: string | RegExp): Promise<void> {
  const plugin = await ready();
  await assert.rejects(plugin.execute(call(tool)), { name: 'ArbiterError', code, message });
  await plugin.stop(0);
  await assert.rejects(plugin.execute(call('echo')), Interrupted);
}

describe('what a plugin says', () => {
  afterEach(async () => {
    await Promise.all(started.map((plugin) => plugin.stop(0)));
    started = [];
  });

  it('has to be JSON', () =>
    ends(
      'garbage',
      'PLUGIN_PROTOCOL',
      `Plugin odd broke the protocol: the line is not JSON: Unexpected token 'H', "Hello, World!" is not valid JSON. It sent: "Hello, World!"`,
    ));

  it('has to be a message of the protocol', () =>
    ends(
      'no-message',
      'PLUGIN_PROTOCOL',
      'Plugin odd broke the protocol: that is no message of protocol.v1. It sent: {"jsonrpc":"2.0","id":2,"result":1,"error":{"code":1,"message":""}}',
    ));

  it('has to be short', () =>
    ends('long-line', 'PLUGIN_OUTPUT_TOO_LONG', 'Plugin odd sent more than 1048576 bytes in one line.'));

  it('has to be UTF-8', () =>
    ends(
      'invalid-utf8',
      'PLUGIN_PROTOCOL',
      'Plugin odd broke the protocol: the line is not valid UTF-8. It sent: "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":2,\\"result\\":\\"ÿ\\"}"',
    ));

  it('has to be flat', () =>
    ends('deep-json', 'PLUGIN_PROTOCOL', /^Plugin odd broke the protocol: the line nests deeper than 64 levels\. /));

  it('has no key __proto__', () =>
    ends('proto-key', 'PLUGIN_PROTOCOL', /^Plugin odd broke the protocol: the line has a key named __proto__\. /));

  it('answers what was asked, and nothing else', () =>
    ends(
      'answer-another',
      'PLUGIN_PROTOCOL',
      'Plugin odd broke the protocol: it answered request 102, which nobody sent. It sent: {"jsonrpc":"2.0","id":102,"result":{}}',
    ));

  it('counts once: a second answer in the same breath is the answer’s own fault', () =>
    ends('answer-twice', 'PLUGIN_PROTOCOL', /: it answered request 2 twice\. /));

  it('counts once: a second answer later is no fault of whoever waits then', async () => {
    const plugin = await ready();
    await plugin.execute(call('echo'));

    const waiting = plugin.execute(call('answer-again'));

    const blamed = (error: unknown) =>
      error instanceof Interrupted && /it answered request 2, which was answered before/.test(error.cause.message);
    await assert.rejects(waiting, blamed);
    assert.equal(plugin.ended, true);
  });

  it('may be a call to the kernel, which is answered', async () => {
    const plugin = await ready();
    const heard: unknown[] = [];
    const onKernelCall = (method: string, params: Record<string, unknown>) => {
      heard.push([method, params.task]);
      return { id: 'parent/1' };
    };

    const input = { method: 'submit', params: { task: { tool: 'x' } } };
    const answer = await plugin.execute(call('call-the-kernel', input, { onKernelCall }));

    assert.deepEqual(answer, { result: { id: 'parent/1' } });
    assert.deepEqual(heard, [['submit', { tool: 'x' }]]);
  });

  it('may be a call that is denied, and the plugin is told', async () => {
    const plugin = await ready();
    const onKernelCall = (method: string) => {
      throw fault('PLUGIN_CALL_DENIED', { plugin: 'odd', method });
    };

    const answer = await plugin.execute(call('call-the-kernel', { method: 'state.get' }, { onKernelCall }));

    const refused = 'Plugin odd called state.get, which it was not granted or which is not available.';
    assert.deepEqual(answer, { refused });
    assert.equal(plugin.ended, false);
  });

  it('may be a notification, which takes no answer even when it is denied', async () => {
    const plugin = await ready();
    const heard: unknown[] = [];
    const onKernelCall = (method: string, params: Record<string, unknown>) => {
      heard.push([method, params.message]);
      throw fault('PLUGIN_CALL_DENIED', { plugin: 'odd', method });
    };

    assert.deepEqual(await plugin.execute(call('notify', {}, { onKernelCall })), {});
    assert.deepEqual(heard, [['progress', 'half']]);
  });
});

describe('a fault of one of several requests', () => {
  afterEach(async () => {
    await Promise.all(started.map((plugin) => plugin.stop(0)));
    started = [];
  });

  /** Sends both and gives their errors. */
  async function both(plugin: PluginProcess, guilty: Call, bystander: Call): Promise<[unknown, unknown]> {
    const outcomes = await Promise.allSettled([plugin.execute(guilty), plugin.execute(bystander)]);
    const [first, second] = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined));
    return [first, second];
  }

  it('interrupts all when nobody can tell whose it was', async () => {
    for (const tool of ['garbage', 'exit-in-the-middle', 'long-line']) {
      const errors = await both(await ready(), call(tool), call('silence'));
      for (const error of errors) assert.ok(error instanceof Interrupted, `${tool}: ${error}`);
    }
  });

  it('is its own when it took too long; the other is interrupted and not blamed', async () => {
    const [late, bystander] = await both(await ready(), call('silence', {}, { timeoutMs: 30 }), call('silence'));

    assert.ok(late instanceof ArbiterError);
    assert.equal(late.code, 'PLUGIN_TIMEOUT');
    assert.ok(bystander instanceof Interrupted, `${bystander}`);
  });

  it('is its own when it was cancelled; the other is interrupted and not cancelled', async () => {
    const signal = AbortSignal.abort();
    const [cancelled, bystander] = await both(await ready(), call('silence', {}, { signal }), call('silence'));

    assert.ok(cancelled instanceof ArbiterError);
    assert.equal(cancelled.code, 'CANCELLED');
    assert.ok(bystander instanceof Interrupted, `${bystander}`);
  });

  it('counts its time only once those before it have been answered', async () => {
    const plugin = await ready();
    const cancelling = new AbortController();
    const first = plugin.execute(call('heed-cancel', {}, { signal: cancelling.signal }));
    const second = plugin.execute(call('silence', {}, { timeoutMs: 1 }));
    let ended = false;
    void second.catch(() => (ended = true));

    await plugin.execute(call('echo'));
    await plugin.execute(call('echo'));
    assert.equal(ended, false);
    cancelling.abort();

    await assert.rejects(first, { code: 'CANCELLED' });
    await assert.rejects(second, { code: 'PLUGIN_TIMEOUT' });
  });
});
