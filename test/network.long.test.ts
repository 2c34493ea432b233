// The way to the network of a plugin with granted hosts, through the kernel's proxy, in the sandbox that is here.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { NetworkRequest } from '../contracts/generated/ledger.v1.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { writePlugin } from './write-plugin.ts';

// Asks each URL, and tells what came back.
const program = `
const lines = require('node:readline').createInterface({ input: process.stdin });
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
lines.on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') return send({ id, result: { protocol: 'protocol.v1', tools: ['ask'] } });
  if (method === 'shutdown') return process.exit(0);
  const answers = [];
  for (const url of params.input.urls) {
    try {
      const answer = await fetch(url);
      answers.push([answer.status, await answer.text()]);
    } catch (error) {
      answers.push(['failed', String(error.cause?.code ?? error.cause?.message ?? error.message)]);
    }
  }
  send({ id, result: { answers, environment: Object.values(process.env).join(' ') } });
});
`;

function spec(hosts: object[], category = 'acquisition'): { id: string; version: string; entry: { file: string } } {
  return {
    ...{ schema: 'plugin.v1', id: 'asker', version: '1.0.0', category, description: 'Asks hosts.' },
    entry: { file: 'asker.cjs', runtime: 'node' },
    grants: { hosts },
    tools: {
      ask: {
        ...{ description: 'Asks.', deterministic: false, workspace: 'required' },
        input: { type: 'object', properties: { urls: { type: 'array' } }, required: ['urls'] },
        output: { type: 'object' },
      },
    },
  } as never;
}

describe('the network of a plugin with granted hosts', () => {
  let at: TemporaryHome;
  let server: Server;
  let port: number;
  const seen: (string | undefined)[] = [];

  before(async () => {
    process.env.ARBITER_TEST_KEY = 'a-secret-key';
    server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(`hello from ${request.url}`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    delete process.env.ARBITER_TEST_KEY;
    server.close();
  });
  afterEach(() => at.remove());

  const home = (privateHosts: string[]) =>
    temporaryHome({
      network: {
        privateHosts,
        credentials: [
          {
            ...{ name: 'test-key', host: 'localhost', plugins: ['asker'] },
            ...{ header: 'authorization', env: 'ARBITER_TEST_KEY', prefix: 'Bearer ' },
          },
        ],
      },
    });

  async function ask(
    urls: string[],
  ): Promise<{ answers: [unknown, string][]; network: NetworkRequest[]; all: string }> {
    at.drop('ask.jsonl', [{ id: 'ask', tool: 'ask', input: { urls }, workspace: at.folder('asked') }]);
    const { status, stdout } = await at.arbiter('start', '--once');
    assert.equal(status, 0, stdout);
    const [result] = at.results('ask.jsonl');
    const shown = (await at.arbiter('show', 'ask', '--json')).stdout;
    const { envelope } = JSON.parse(shown).entries.at(-1);
    const output = result?.output as { answers: [unknown, string][] } | undefined;
    return { answers: output?.answers ?? [], network: envelope.network, all: JSON.stringify(result) + shown };
  }

  it('reaches exactly those, with credentials that it never holds, and every request is in the entry', async () => {
    at = home([`localhost:${port}`]);
    writePlugin(join(at.home.plugins, 'asker'), spec([{ host: 'localhost', port, access: 'read' }]), program);
    const other = port === 65_535 ? 65_534 : port + 1;

    const { answers, network, all } = await ask([
      `http://localhost:${port}/status?secret=1`,
      `http://localhost:${other}/`,
      `http://127.0.0.1:${port}/`,
    ]);

    assert.deepEqual(answers[0], [200, 'hello from /status?secret=1']);
    assert.equal(seen.at(-1), 'Bearer a-secret-key');
    assert.doesNotMatch(all, /a-secret-key/);
    assert.deepEqual(
      network.map(({ host, port: to, path, verdict, status, credential }) => [
        host,
        to,
        path,
        verdict,
        status,
        credential,
      ]),
      [
        ['localhost', port, '/status', 'allowed', 200, 'test-key'],
        ['localhost', other, undefined, 'not granted', network[1]?.status, undefined],
        ['127.0.0.1', port, undefined, 'not granted', network[2]?.status, undefined],
      ],
    );
    assert.match((await at.arbiter('explain', 'ask')).stdout, /network +GET localhost:\d+\/status → 200: allowed/);
  });

  it('does not reach a granted host at a private address that nobody opened', async () => {
    at = home([]);
    writePlugin(join(at.home.plugins, 'asker'), spec([{ host: 'localhost', port, access: 'read' }]), program);

    const before = seen.length;
    const { network } = await ask([`http://localhost:${port}/`]);

    assert.deepEqual([network[0]?.verdict, seen.length], ['address not allowed', before]);
  });

  it('is not there for a transformation: its hosts are refused at load', async () => {
    at = home([]);
    const hosts = [{ host: 'localhost', port, access: 'read' }];
    writePlugin(join(at.home.plugins, 'asker'), spec(hosts, 'transformation'), program);

    const { stdout, stderr } = await at.arbiter('plugin', 'list');

    assert.match(stdout + stderr, /it asks for hosts, and its category is transformation/);
  });
});
