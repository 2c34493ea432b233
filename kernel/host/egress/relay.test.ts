// A real relay between a real program and a real proxy, as in a box but without its walls.
import assert from 'node:assert/strict';
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NetworkRequest } from '../../../contracts/generated/ledger.v1.ts';
import { loopbackUp } from './loopback-up.ts';
import { type Egress, openEgress } from './proxy.ts';

const relay = fileURLToPath(new URL('./relay.mjs', import.meta.url));
const host = 'api.example.test';

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

function start([file, ...args]: readonly string[], options: SpawnOptions = {}) {
  return spawn(file as string, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
}

async function ended(child: ReturnType<typeof start>): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const [code, signal] = await once(child, 'close');
  return { stdout, stderr, code, signal };
}

function skipWithoutCurl(context: Mocha.Context): void {
  if (!spawnSync('curl', ['--version']).error) return;
  console.log('      skipped, for there is no curl here');
  context.skip();
}

describe('the relay', () => {
  let folder: string;
  let socket: string;
  let upstream: Server;
  let url: string;
  let egress: Egress;
  let records: NetworkRequest[];

  const relayed = (...program: string[]) => [process.execPath, relay, socket, '0', '--', ...program];
  const node = (code: string) => [process.execPath, '--input-type=module', '--eval', code];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'relay-'));
    socket = join(folder, 'egress.sock');
    records = [];
    upstream = createServer((request, response) => response.end(`${request.url} ${request.headers.authorization}`));
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    url = `http://${host}:${port}/v1`;
    const credential = { name: 'key', host, plugins: ['writer'] as [string], header: 'Authorization', env: 'KEY' };
    egress = await openEgress({
      ...{ socket, plugin: 'writer', grants: [{ host, port, access: 'read' }], recordStray: () => {} },
      network: { privateHosts: [`${host}:${port}`], credentials: [credential] },
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      env: { KEY: 'secret' },
    });
    egress.begin((request) => records.push(request));
  });

  afterEach(async () => {
    await egress.close();
    upstream.close();
    rmSync(folder, { recursive: true });
  });

  it('takes fetch to a granted host, credentials added, and to no other', async () => {
    const code = `
      const answer = await fetch('${url}');
      console.log(answer.status, await answer.text());
      await fetch('http://evil.test/').catch(({ cause }) => console.log('refused'));`;
    const { stdout, stderr, code: status } = await ended(start(relayed(...node(code))));
    egress.end();

    assert.deepEqual([stdout, stderr, status], ['200 /v1 secret\nrefused\n', '', 0]);
    assert.deepEqual(
      records.map(({ host, method, path, verdict, credential }) => ({ host, method, path, verdict, credential })),
      [
        { host, method: 'GET', path: '/v1', verdict: 'allowed', credential: 'key' },
        { host: 'evil.test', method: 'CONNECT', path: undefined, verdict: 'not granted', credential: undefined },
      ],
    );
  });

  it('takes node:http to a granted host', async () => {
    const code = `
      import { get } from 'node:http';
      get('${url}', (answer) => answer.on('data', (chunk) => console.log(String(chunk))));`;
    const { stdout, code: status } = await ended(start(relayed(...node(code))));

    assert.deepEqual([stdout, status], ['/v1 secret\n', 0]);
  });

  for (const [how, args] of [
    ['plainly', []],
    ['through a tunnel', ['--proxytunnel']],
  ] as const)
    it(`takes curl to a granted host ${how}`, async function () {
      skipWithoutCurl(this);
      const { stdout, code } = await ended(start(relayed('curl', '--silent', '--show-error', ...args, url)));

      assert.deepEqual([stdout, code], ['/v1 secret', 0]);
    });

  it('tells curl why a host is refused', async function () {
    skipWithoutCurl(this);
    const { stdout } = await ended(start(relayed('curl', '--silent', 'http://evil.test/')));

    assert.match(stdout, /^evil\.test:80 is not granted; granted are exactly: api\.example\.test:\d+\./);
  });

  it('gives the program its own input, output and arguments', async () => {
    const child = start(relayed('/bin/sh', '-c', 'cat; echo "$1" >&2', 'sh', '--', '-x'));
    child.stdin?.end('hello');

    assert.deepEqual(await ended(child), { stdout: 'hello', stderr: '--\n', code: 0, signal: null });
  });

  it('ends as its program ends', async () => {
    assert.equal((await ended(start(relayed('/bin/sh', '-c', 'exit 7')))).code, 7);
    assert.equal((await ended(start(relayed('/bin/sh', '-c', 'kill -KILL $$')))).signal, 'SIGKILL');
    assert.equal((await ended(start(relayed('/bin/sh', '-c', 'kill -TERM $$')))).signal, 'SIGTERM');
  });

  it('passes signals on to its program', async () => {
    const code = "process.on('SIGTERM', () => process.exit(3)); process.stdin.resume(); console.log('ready');";
    const child = start(relayed(...node(code)));
    child.stdout?.once('data', () => child.kill('SIGTERM'));

    assert.equal((await ended(child)).code, 3);
  });

  it('says what is wrong with its arguments or its program', async () => {
    const missing = await ended(start(relayed('/no/such/program')));
    assert.deepEqual([missing.code, missing.stderr], [127, 'relay: cannot run /no/such/program: ENOENT.\n']);
    const wrong = await ended(start([process.execPath, relay, socket, '0', 'true']));
    assert.deepEqual([wrong.code, wrong.stderr], [64, 'relay: expected SOCKET PORT -- program args…\n']);
  });

  it('is the only way out of a network namespace of its own', async function () {
    const enter = [
      'unshare',
      '--user',
      '--map-root-user',
      '--net',
      '/bin/sh',
      '-c',
      `${loopbackUp} && exec "$@"`,
      'sh',
    ];
    const { status, stderr, error } = spawnSync(enter[0] as string, [...enter.slice(1), 'true'], { encoding: 'utf8' });
    if (status !== 0) {
      console.log(`      skipped, for this machine makes no network namespace: ${error?.message ?? stderr.trim()}`);
      this.skip();
    }
    const { port } = upstream.address() as AddressInfo;
    const code = `
      import { connect } from 'node:net';
      console.log(await (await fetch('${url}')).text());
      connect(${port}, '127.0.0.1').on('error', ({ code }) => console.log(code));`;
    const { stdout } = await ended(start([...enter, ...relayed(...node(code))]));

    assert.equal(stdout, '/v1 secret\nECONNREFUSED\n');
  });
});
