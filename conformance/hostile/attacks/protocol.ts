// Breaking the protocol. What is not noticed is answered as an escape a little later.
import { type Attack, type Context, contained, escaped, pause } from './attack.ts';

/** Sends something that has to end the process, and answers only when it did not. */
const sends =
  (raw: (context: Context) => string | Uint8Array): Attack =>
  async (context) => {
    context.send(raw(context));
    await pause(700);
    return escaped('it was taken');
  };

const sendsMessage = (message: (context: Context) => unknown): Attack =>
  sends((context) => `${JSON.stringify(message(context))}\n`);

/** An answer as it should be, with something added. */
const answer = ({ id }: Context, more: object = {}) => ({
  jsonrpc: '2.0',
  id,
  result: { outcome: 'escaped', detail: 'an answer that should not count' },
  ...more,
});

const call =
  (method: string, params: object = {}): Attack =>
  async (context) => {
    const reply = await Promise.race([context.ask(method, { for: context.id, ...params }), pause(1_000)]);
    if (!reply) return contained('no answer came');
    return reply.error ? contained(reply.error.message) : escaped('it was granted');
  };

const never: Attack = () => null;

export const protocol: Readonly<Record<string, Attack>> = {
  'a line over the limit': sends(() => `"${'x'.repeat(2_000_000)}"\n`),
  'a line without end': async ({ send }) => {
    for (let index = 0; index < 48; index++) {
      send('x'.repeat(1_000_000));
      await pause(2);
    }
    return escaped('it was taken');
  },
  'text that is not UTF-8': sends(() => Buffer.from([0x22, 0xff, 0xfe, 0xc0, 0x22, 0x0a])),
  'a line that is not JSON': sends(() => 'hello, kernel\n'),
  'zero bytes': sends(() => `\0\0\0${'\0'.repeat(100)}\n`),
  'not a number, as text': sends(({ id }) => `{"jsonrpc":"2.0","id":${id},"result":NaN}\n`),
  'JSON of a hundred thousand levels': sends(() => `${'['.repeat(100_000)}${']'.repeat(100_000)}\n`),
  'an answer of two hundred levels': sends(
    ({ id }) =>
      `{"jsonrpc":"2.0","id":${id},"result":{"outcome":"escaped","detail":"deep","x":${'['.repeat(200)}${']'.repeat(200)}}}\n`,
  ),
  'a key named __proto__': sends(
    ({ id }) =>
      `{"jsonrpc":"2.0","id":${id},"result":{"outcome":"escaped","detail":"polluted","__proto__":{"polluted":true}}}\n`,
  ),
  'a key named __proto__, spelled by escapes': sends(
    ({ id }) =>
      `{"jsonrpc":"2.0","id":${id},"result":{"outcome":"escaped","detail":"polluted","\\u005f_proto__":{"polluted":true}}}\n`,
  ),
  'a second answer': ({ id, send }) => {
    const first = { jsonrpc: '2.0', id, result: contained('the first answer') };
    send(`${JSON.stringify(first)}\n${JSON.stringify(answer({ id } as Context))}\n`);
    return null;
  },
  'an answer to a request that is not open': sendsMessage((context) => answer(context, { id: context.id + 1_000 })),
  'an answer to a request that is over': sendsMessage((context) => answer(context, { id: 1 })),
  'an answer to number zero': sendsMessage((context) => answer(context, { id: 0 })),
  'an answer to a name instead of a number': sendsMessage((context) => answer(context, { id: `${context.id}` })),
  'an answer to nobody': sendsMessage((context) => answer(context, { id: null })),
  'an answer of another protocol version': sendsMessage((context) => answer(context, { jsonrpc: '1.0' })),
  'a result and an error at once': sendsMessage((context) => answer(context, { error: { code: -1, message: 'both' } })),
  'an answer with more than belongs there': sendsMessage((context) => answer(context, { trusted: true })),
  'several messages in one array': sendsMessage((context) => [answer(context)]),
  'a message that is null': sends(() => 'null\n'),
  'a message that is a number': sends(() => '42\n'),
  'a method that does not exist': sendsMessage(() => ({ jsonrpc: '2.0', id: 5, method: 'shell', params: {} })),
  'a notification that does not exist': sendsMessage(() => ({ jsonrpc: '2.0', method: 'approve', params: {} })),
  'a refusal with a code of its own': ({ id, send }) => {
    send(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code: 200, message: 'all is well' } })}\n`);
    return null;
  },
  'an output that does not fit its schema': ({ id, send }) => {
    send(`${JSON.stringify({ jsonrpc: '2.0', id, result: { outcome: 'victory' } })}\n`);
    return null;
  },
  'an output that is no object': ({ id, send }) => {
    send(`${JSON.stringify({ jsonrpc: '2.0', id, result: 'escaped' })}\n`);
    return null;
  },
  'a number larger than numbers are': ({ id, send }) => {
    send(`{"jsonrpc":"2.0","id":${id},"result":{"outcome":"escaped","detail":"large","value":1e999}}\n`);
    return null;
  },
  'half a character': ({ id, send }) => {
    send(`{"jsonrpc":"2.0","id":${id},"result":{"outcome":"escaped","detail":"\\ud800"}}\n`);
    return null;
  },
  silence: never,
  'a byte at a time, for ever': async ({ send }) => {
    for (let index = 0; index < 300; index++) {
      send('x');
      await pause(10);
    }
    return escaped('it was waited for');
  },
  'stdin is never read': () => {
    process.stdin.pause();
    return null;
  },
  'stdout is closed': () => {
    process.stdout.destroy();
    return null;
  },
  'an end without an answer': () => process.exit(0),
  'an end by a signal': () => {
    process.kill(process.pid, 'SIGKILL');
    return null;
  },
  'an end in the middle of a line': ({ id, send }) => {
    send(`{"jsonrpc":"2.0","id":${id},"result":{"outcome":"escaped","de`);
    setTimeout(() => process.exit(0), 50);
    return null;
  },
  'an answer after its time': async () => {
    await pause(1_200);
    return escaped('it was taken');
  },
  'a task submitted without the grant': call('submit', {
    task: { tool: 'jsonl-parser', input: { text: '1' } },
  }),
  'a call that is not available': call('state.get', { key: 'x' }),
  'a call for another task': async (context) => {
    const { error } = await context.ask('submit', {
      for: context.id + 1,
      task: { tool: 'jsonl-parser', input: { text: '1' } },
    });
    return error ? contained(error.message) : escaped('it was granted');
  },
  'a submitted task that is none': call('submit', { task: { tool: 7, unknown: true } }),
  'a submitted task with an id of its own': async (context) => {
    const reply = await context.ask('submit', {
      for: context.id,
      task: { id: 'chosen-by-a-plugin', tool: 'jsonl-parser', input: { text: '1' } },
    });
    if (reply.error) return contained(reply.error.message);
    const given = JSON.stringify(reply.result);
    return given.includes('chosen-by-a-plugin') ? escaped(given) : contained('it got another id');
  },
};
