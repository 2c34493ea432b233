// The harness that authors test with, against plugins that do what they should and plugins that do not.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPlugin } from './run-plugin.ts';
import { languages, newPlugin } from './scaffold/new-plugin.ts';

describe('runPlugin', () => {
  let place: string;

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'run-plugin-'));
  });

  afterEach(() => rmSync(place, { recursive: true }));

  /** A plugin whose program does `body` with each message, `id`, `method` and `params` taken out of it. */
  function write(body: string, grants: object = {}): string {
    const tool = { description: 'For a test.', deterministic: true, input: {}, output: {} };
    writeFileSync(
      join(place, 'plugin.spec.json'),
      JSON.stringify({ id: 'odd', entry: { file: 'odd.cjs', runtime: 'node' }, tools: { look: tool }, grants }),
    );
    writeFileSync(
      join(place, 'odd.cjs'),
      `const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const start = (id) => send({ id, result: { protocol: 'protocol.v1', tools: ['look'] } });
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  ${body}
});\n`,
    );
    return place;
  }

  const afterStart = (body: string) =>
    `if (method === 'initialize') start(id); else if (method === 'execute') { ${body} }`;

  for (const language of languages)
    it(`runs a plugin in ${language}`, async function () {
      if (language === 'python' && !existsSync('/usr/bin/python3')) {
        console.log('      skipped: there is no /usr/bin/python3 on this machine');
        this.skip();
      }
      const folder = await newPlugin({ name: 'words', category: 'transformation', language, dir: place });

      const plugin = await runPlugin(folder);

      assert.deepEqual(await plugin.execute('words', { text: 'a b\n' }), { words: 2, lines: 1 });
      await assert.rejects(plugin.execute('sentences', {}), { message: /no (such )?tool/ });
      await plugin.stop();
    });

  it('keeps what the plugin asks the kernel for, and refuses what it was not granted', async () => {
    const asking =
      afterStart(`globalThis.asked = id; send({ id: 1, method: 'submit', params: { for: id, task: { tool: 'a' } } });
      send({ id: 2, method: 'send', params: { for: id, url: 'https://a.example/' , method: 'POST' } });`);
    const folder = write(`${asking} else if (id === 2) send({ id: asked, result: { error } });`, {
      kernel: ['submit'],
    });

    const plugin = await runPlugin(folder);

    const message = 'Plugin odd called send, which it was not granted or which is not available.';
    assert.deepEqual(await plugin.execute('look', {}), { error: { code: -32601, message } });
    assert.deepEqual(plugin.submitted, [{ tool: 'a' }]);
    assert.deepEqual(plugin.sent, []);
    await plugin.stop();
  });

  it('keeps the requests of a plugin that may have them sent', async () => {
    const request = { url: 'https://a.example/', method: 'POST' };
    const folder = write(
      `${afterStart(`globalThis.asked = id; send({ id: 1, method: 'send', params: { for: id, ...${JSON.stringify(request)} } });`)}
       else if (id === 1) send({ id: asked, result });`,
      { hosts: [{ host: 'a.example', port: 443, access: 'effect' }] },
    );

    const plugin = await runPlugin(folder);

    assert.deepEqual(await plugin.execute('look', {}), { key: 'sent/1' });
    assert.deepEqual(plugin.sent, [request]);
    await plugin.stop();
  });

  it('fails a test whose plugin hangs, and ends the plugin', async () => {
    const plugin = await runPlugin(write(afterStart('setInterval(() => {}, 1000);')), { timeoutMs: 300 });

    await assert.rejects(plugin.execute('look', {}), {
      code: 'PLUGIN_TIMEOUT',
      message: 'Plugin odd did not answer look within 300 ms; its process was killed.',
    });
    await plugin.stop();
  });

  it('fails a test whose plugin does not start, or not in time', async () => {
    await assert.rejects(runPlugin(write('process.exit(3);')), {
      code: 'PLUGIN_START_FAILED',
      message: 'Plugin odd ended before it answered initialize: ended with 3.',
    });
    await assert.rejects(runPlugin(write(''), { timeoutMs: 300 }), {
      message: /did not answer initialize within 300 ms/,
    });
    rmSync(join(place, 'odd.cjs'));
    await assert.rejects(runPlugin(place), { code: 'PLUGIN_FILE_MISSING', message: /has no odd\.cjs/ });
  });

  it('tells of a program that cannot be run', async () => {
    const folder = write('');
    writeFileSync(join(folder, 'odd.txt'), 'hello');
    writeFileSync(
      join(folder, 'plugin.spec.json'),
      JSON.stringify({ id: 'odd', entry: { file: 'odd.txt', runtime: 'executable' }, tools: {} }),
    );

    await assert.rejects(runPlugin(folder), { code: 'PLUGIN_START_FAILED', message: /odd\.txt.*EACCES/ });
  });

  it('tells of a plugin that ends in the middle, and of one that writes something else to stdout', async () => {
    const dying = await runPlugin(write(afterStart('process.exit(4);')));
    const died = { code: 'PLUGIN_DIED', message: 'Plugin odd ended in the middle of look: ended with 4.' };
    await assert.rejects(dying.execute('look', {}), died);
    await assert.rejects(dying.execute('look', {}), died);

    const plugin = await runPlugin(write(afterStart("console.log('working on it');")));
    await assert.rejects(plugin.execute('look', {}), {
      code: 'PLUGIN_PROTOCOL',
      message: /a line that is not JSON is on stdout\. It sent: working on it/,
    });
    await plugin.stop();
  });

  it('fails a test whose plugin stays when its input ends', async () => {
    const plugin = await runPlugin(write(`${afterStart('')} setInterval(() => {}, 1000);`), { timeoutMs: 300 });

    await assert.rejects(plugin.stop(), {
      code: 'PLUGIN_TIMEOUT',
      message: /did not answer the end of its input within/,
    });
  });
});
