// Real sockets on loopback: a proxy, hosts behind it, and requests as a client would write them, or would not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { NetworkRequest } from '../../../contracts/generated/ledger.v1.ts';
import { type Egress, type EgressOptions, openEgress } from './proxy.ts';

const host = 'api.example.test';
const secret = 'very-secret';

let folder: string;
let socket: string;
let egress: Egress;
let records: NetworkRequest[];
let strays: NetworkRequest[];
let servers: (Server | TcpServer)[];

/** Starts `server` and gives its port. */
async function listening(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Opens the proxy for `host` at `port` on loopback, with a task under way. */
async function open(port: number, options: Partial<EgressOptions> = {}): Promise<void> {
  egress = await openEgress({
    ...{ socket, plugin: 'writer', grants: [{ host, port, access: 'read' }] },
    ...{ network: { privateHosts: [`${host}:${port}`] }, recordStray: (request) => strays.push(request), env: {} },
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    ...options,
  });
  egress.begin((request) => records.push(request));
}

/** What the proxy answers to these bytes, until it closes the connection. */
async function raw(text: string): Promise<string> {
  const client = connect(socket);
  client.on('error', () => {});
  client.write(text);
  let answer = '';
  client.on('data', (chunk) => (answer += chunk));
  await new Promise((resolve) => client.once('close', resolve));
  return answer;
}

function get(port: number, path = '/', headers = ''): Promise<string> {
  return raw(
    `GET http://${host}:${port}${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n${headers}\r\n`,
  );
}

const upstreamThatEchoes = () =>
  createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.rawHeaders }));
  });

function echoed(answer: string): { method: string; url: string; headers: string[] } {
  return JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'egress-'));
  socket = join(folder, 'egress.sock');
  [records, strays, servers] = [[], [], []];
});

afterEach(async () => {
  await egress?.close();
  for (const server of servers) {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});

describe('egress', () => {
  it('carries a plain request and its answer, and records them without the query', async () => {
    const port = await listening(upstreamThatEchoes());
    await open(port);
    const answer = await get(port, '/v1/models?limit=1');

    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    const { method, url, headers } = echoed(answer);
    assert.deepEqual([method, url], ['GET', '/v1/models?limit=1']);
    assert.deepEqual(headers, ['Host', `${host}:${port}`, 'Connection', 'close']);
    const received = answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1).length;
    const expected = { host, port, method: 'GET', path: '/v1/models', verdict: 'allowed', status: 200 } as const;
    assert.deepEqual(records, [{ ...expected, sent: 0, received }]);
  });

  it('has a socket that the user of the box may open, and takes it away', async () => {
    await open(1);
    assert.equal(statSync(socket).mode & 0o777, 0o666);
    await egress.close();
    assert.throws(() => statSync(socket), { code: 'ENOENT' });
    await open(1);
  });

  it('keeps what speaks of a connection on that connection', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { Connection: 'close, X-Hop', 'X-Hop': '1', 'Proxy-Authenticate': 'x', 'X-End': '2' });
      response.end();
    });
    const seen = once(server, 'request');
    const port = await listening(server);
    await open(port);
    const hopByHop = 'Proxy-Authorization: x\r\nproxy-connection: x\r\nTE: trailers\r\nKeep-Alive: 1\r\nX-Own: 1\r\n';
    const answer = await raw(
      `GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\n${hopByHop}Connection: close, X-Own\r\nX-End: 2\r\n\r\n`,
    );

    const [request] = (await seen) as [IncomingMessage];
    assert.deepEqual(request.rawHeaders, ['Host', `${host}:${port}`, 'X-End', '2', 'Connection', 'close']);
    assert.match(answer, /X-End: 2/);
    assert.doesNotMatch(answer, /X-Hop|Proxy-/);
  });

  it('frames content by what it understood, whatever Connection names', async () => {
    const server = createServer(async (request, response) => {
      let content = '';
      for await (const chunk of request) content += chunk;
      response.end(JSON.stringify([request.headers['content-length'], request.headers['transfer-encoding'], content]));
    });
    const port = await listening(server);
    await open(port);
    const head = `GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\n`;
    const named = 'Connection: close, Content-Length, Transfer-Encoding\r\n';

    assert.match(await raw(`${head}${named}Content-Length: 5\r\n\r\nhello`), /\["5",null,"hello"\]/);
    assert.match(
      await raw(`${head}${named}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
      /\[null,"chunked","hello"\]/,
    );
    const post = `POST http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`;
    assert.match(await raw(post), /\["0",null,""\]/);
    assert.deepEqual(
      records.map(({ sent }) => sent),
      [5, 5, 0],
    );
  });

  it('streams content both ways before either is whole', async () => {
    const port = await listening(createServer((request, response) => request.pipe(response)));
    await open(port);
    const headers = { Host: `${host}:${port}` };
    const client = httpRequest({ socketPath: socket, method: 'POST', path: `http://${host}:${port}/`, headers });
    client.write('one');
    const [answer] = (await once(client, 'response')) as [IncomingMessage];
    assert.equal(String((await once(answer, 'data'))[0]), 'one');
    client.write('two');
    assert.equal(String((await once(answer, 'data'))[0]), 'two');
    client.end();
    answer.resume();
    await once(answer, 'end');
    egress.end();

    const counted = records.map(({ sent, received }) => ({ sent, received }));
    assert.deepEqual(counted, [{ sent: 6, received: 6 }]);
  });

  it('carries large content whole, with a reader that is slow', async () => {
    const content = Buffer.alloc(8 * 1024 * 1024, 'x');
    const port = await listening(createServer((_, response) => response.end(content)));
    await open(port);
    const client = httpRequest({
      socketPath: socket,
      path: `http://${host}:${port}/`,
      headers: { Host: `${host}:${port}` },
    });
    client.end();
    const [answer] = (await once(client, 'response')) as [IncomingMessage];
    let length = 0;
    for await (const chunk of answer) length += chunk.length;
    egress.end();

    assert.equal(length, content.length);
    assert.deepEqual(
      records.map(({ received }) => received),
      [content.length],
    );
  });

  it('follows no redirect', async () => {
    const port = await listening(
      createServer((_, response) => response.writeHead(302, { Location: 'http://evil.test/' }).end()),
    );
    await open(port);

    assert.match(await get(port), /^HTTP\/1\.1 302 Found\r\nLocation: http:\/\/evil\.test\//);
  });

  it('breaks off where the answer of the host breaks off', async () => {
    const port = await listening(
      createServer((_, response) => {
        response.writeHead(200, { 'Content-Length': 10 });
        response.write('half', () => response.destroy());
      }),
    );
    await open(port);
    const answer = await get(port);

    egress.end();

    assert.match(answer, /half\r\n$|half$/);
    assert.deepEqual([records[0]?.status, records[0]?.received], [200, 4]);
  });

  it('closes a connection whose content the host did not wait for', async () => {
    const port = await listening(createServer((_, response) => response.writeHead(413).end()));
    await open(port);
    const post = `POST http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Length: 10\r\n\r\nhello`;

    assert.match(await raw(post), /^HTTP\/1\.1 413 /);
  });

  for (const [what, leave] of [
    ['its task is over', () => egress.end()],
    ['the plugin has left', (client: Socket) => client.destroy()],
  ] as const)
    it(`leaves the host, and records what there was, once ${what}`, async () => {
      const server = createServer((_, response) => response.write('begun'));
      const reached = once(server, 'request');
      const port = await listening(server);
      await open(port);
      const client = connect(socket);
      client.write(`GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
      const [, response] = (await reached) as [IncomingMessage, ServerResponse];
      let answer = '';
      while (!answer.includes('begun')) answer += (await once(client, 'data'))[0];
      const left = Promise.all([once(client, 'close'), once(response, 'close')]);
      leave(client);
      await left;
      egress.end();

      assert.deepEqual(
        records.map(({ verdict, status, received }) => [verdict, status, received]),
        [['allowed', 200, 5]],
      );
    });

  it('says 502 where the host is not there', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    await open(port);

    const message = `${host}:${port} cannot be reached: ECONNREFUSED. Try again later.\n`;
    assert.ok((await get(port)).endsWith(`\r\n\r\n${message.length.toString(16)}\r\n${message}\r\n0\r\n\r\n`));
    const tunnel = await raw(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    assert.ok(tunnel.startsWith('HTTP/1.1 502 Bad Gateway\r\n') && tunnel.endsWith(message));
    assert.deepEqual(
      records.map(({ method, verdict, status }) => [method, verdict, status]),
      ['GET', 'CONNECT'].map((method) => [method, 'unreachable', 502]),
    );
  });

  it('reaches the address that it checked, though the name has another by now', async () => {
    const port = await listening(upstreamThatEchoes());
    let asked = 0;
    const rebinding = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
    await open(port, { resolve: rebinding });

    assert.match(await get(port), /^HTTP\/1\.1 200 /);
    assert.equal(asked, 1);
  });

  it('refuses a name that leads to a private address after it led to a public one', async () => {
    const port = await listening(createServer(() => assert.fail('the host was reached')));
    await open(port, { network: undefined });

    const answer = await get(port);
    assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n/);
    assert.match(answer, /api\.example\.test has the address 127\.0\.0\.1, which is not a public one\./);
    assert.equal(records[0]?.verdict, 'address not allowed');
  });
});

describe('credentials on their way', () => {
  const credentials = [
    { name: 'model-key', host, plugins: ['writer'], header: 'Authorization', env: 'KEY', prefix: 'Bearer ' },
  ];
  const networkAt = (port: number) => ({ privateHosts: [`${host}:${port}`], credentials }) as EgressOptions['network'];

  it('replace the header of the plugin, and are recorded by name', async () => {
    const port = await listening(upstreamThatEchoes());
    await open(port, { network: networkAt(port), env: { KEY: secret } });
    const own = 'Connection: close\r\nauthorization: mine\r\nAUTHORIZATION: mine too\r\n';
    const { headers } = echoed(
      await raw(`GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\n${own}\r\n`),
    );

    assert.deepEqual(headers.slice(2, 4), ['authorization', `Bearer ${secret}`]);
    assert.equal(headers.filter((name) => name.toLowerCase() === 'authorization').length, 1);
    assert.equal(records[0]?.credential, 'model-key');
    assert.doesNotMatch(JSON.stringify(records), new RegExp(secret));
  });

  it('that are missing are named to the plugin, and nothing is sent', async () => {
    const port = await listening(createServer(() => assert.fail('the host was reached')));
    await open(port, { network: networkAt(port), env: {} });
    const answer = await get(port);

    assert.match(answer, /^HTTP\/1\.1 502 Bad Gateway\r\n/);
    assert.match(answer, /The credential model-key cannot be added: its environment variable KEY is not set/);
    assert.equal(records[0]?.verdict, 'unreachable');
  });

  it('are not asked for by TRACE, which would show them', async () => {
    const port = await listening(upstreamThatEchoes());
    await open(port, { network: networkAt(port), env: { KEY: secret } });
    const answer = await raw(`TRACE http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);

    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.doesNotMatch(answer, new RegExp(secret));
  });

  it('are added to plain HTTP inside a tunnel, request by request', async () => {
    const port = await listening(upstreamThatEchoes());
    await open(port, { network: networkAt(port), env: { KEY: secret } });
    const request = (path: string, connection: string) =>
      `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: ${connection}\r\n\r\n`;
    const client = connect(socket);
    client.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    assert.match(String((await once(client, 'data'))[0]), /^HTTP\/1\.1 200 /);
    client.write(request('/first', 'keep-alive'));
    assert.match(String((await once(client, 'data'))[0]), /Bearer very-secret/);
    client.write(request('/second', 'close'));
    client.resume();
    await once(client, 'close');

    assert.deepEqual(
      records.map(({ method, path, credential, status }) => ({ method, path, credential, status })),
      ['/first', '/second'].map((path) => ({ method: 'GET', path, credential: 'model-key', status: 200 })),
    );
  });
});

describe('plain HTTP inside a tunnel', () => {
  const tunnelled = (port: number, text: string) => raw(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n${text}`);

  it('is carried whole, though the host was asked for a tunnel', async () => {
    const content = Buffer.alloc(4 * 1024 * 1024, 'x');
    const port = await listening(createServer((_, response) => response.end(content)));
    await open(port);
    const answer = await tunnelled(port, `GET / HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`);
    egress.end();

    assert.match(answer, /x{1000}$/);
    assert.deepEqual(
      records.map(({ method, received }) => [method, received]),
      [['GET', content.length]],
    );
  });

  it('is for the host of the tunnel, in turn, and not for another tunnel', async () => {
    const port = await listening(createServer(() => {}));
    await open(port);
    const request = `GET / HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`;

    assert.match(await tunnelled(port, 'GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n'), /HTTP\/1\.1 400 /);
    assert.match(await tunnelled(port, `CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`), /HTTP\/1\.1 400 /);
    assert.match(await tunnelled(port, `GET hello\r\n\r\n`), /HTTP\/1\.1 400 /);
    assert.equal(await tunnelled(port, `${request}${request}`), 'HTTP/1.1 200 Connection established\r\n\r\n');
    egress.end();
    const verdicts = records.map(({ verdict }) => verdict).sort();
    assert.deepEqual(verdicts, ['allowed', ...Array(4).fill('not a proxy request')]);
  });

  it('outlives its task, and is refused until there is another', async () => {
    const port = await listening(upstreamThatEchoes());
    await open(port);
    const client = connect(socket);
    const next = async () => String((await once(client, 'data'))[0]);
    const request = `GET / HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`;
    client.write(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`);
    assert.match(await next(), /^HTTP\/1\.1 200 /);
    client.write(request);
    assert.match(await next(), /^HTTP\/1\.1 200 /);
    egress.end();
    egress.begin((record) => records.push(record));
    client.write(request);
    assert.match(await next(), /^HTTP\/1\.1 200 /);
    egress.end();
    client.write(request);
    assert.match(await next(), /^HTTP\/1\.1 403 /);

    assert.deepEqual([records.length, strays.length], [2, 1]);
    client.destroy();
  });
});

describe('egress refuses', () => {
  const refusals: Record<string, { request: (port: number) => string; status: number; verdict: string }> = {
    'a host that is not granted': {
      request: (port) => `GET http://${host}.evil.test:${port}/ HTTP/1.1\r\nHost: ${host}.evil.test:${port}\r\n\r\n`,
      ...{ status: 403, verdict: 'not granted' },
    },
    'the address of a granted host': {
      request: (port) => `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
      ...{ status: 403, verdict: 'not granted' },
    },
    'its address as one number': {
      request: (port) => `CONNECT 2130706433:${port} HTTP/1.1\r\nHost: 2130706433:${port}\r\n\r\n`,
      ...{ status: 403, verdict: 'not granted' },
    },
    'its address wrapped in IPv6': {
      request: (port) => `CONNECT [::ffff:127.0.0.1]:${port} HTTP/1.1\r\n\r\n`,
      ...{ status: 403, verdict: 'not granted' },
    },
    'another port': {
      request: () => `CONNECT ${host}:22 HTTP/1.1\r\nHost: ${host}:22\r\n\r\n`,
      ...{ status: 403, verdict: 'not granted' },
    },
    'a granted host without its port': {
      request: () => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      ...{ status: 403, verdict: 'not granted' },
    },
    'a host that is granted for effects': {
      request: () =>
        'POST http://effect.example.test:443/ HTTP/1.1\r\nHost: effect.example.test:443\r\nContent-Length: 2\r\n\r\n{}',
      ...{ status: 403, verdict: 'closed during work' },
    },
    'a user before the host': {
      request: (port) => `GET http://${host}:${port}@evil.test/ HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`,
      ...{ status: 400, verdict: 'not a proxy request' },
    },
    'a Host that disagrees': {
      request: (port) => `GET http://${host}:${port}/ HTTP/1.1\r\nHost: evil.test\r\n\r\n`,
      ...{ status: 400, verdict: 'not a proxy request' },
    },
    'two Hosts': {
      request: (port) =>
        `GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\nHost: ${host}:${port}\r\n\r\n`,
      ...{ status: 400, verdict: 'not a proxy request' },
    },
    'a path without a host': {
      request: (port) => `GET / HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`,
      ...{ status: 400, verdict: 'not a proxy request' },
    },
    'an upgrade': {
      request: (port) =>
        `GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      ...{ status: 400, verdict: 'not a proxy request' },
    },
    'two framings at once': {
      request: (port) =>
        `POST http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ...{ status: 400, verdict: 'not a proxy request' },
    },
    'a coding that it does not know': {
      request: (port) =>
        `POST http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      ...{ status: 400, verdict: 'not a proxy request' },
    },
    'a line end in the target': {
      request: (port) => `GET http://${host}:${port}/\r\nX: y HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`,
      ...{ status: 400, verdict: 'not a proxy request' },
    },
    'a bare line feed in a header': {
      request: (port) => `GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\nX: a\nY: b\r\n\r\n`,
      ...{ status: 400, verdict: 'not a proxy request' },
    },
    'what is not HTTP': { request: () => 'hello\r\n\r\n', status: 400, verdict: 'not a proxy request' },
    'a header without end': {
      request: (port) => `GET http://${host}:${port}/ HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`,
      ...{ status: 431, verdict: 'not a proxy request' },
    },
  };
  for (const [what, { request, status, verdict }] of Object.entries(refusals))
    it(what, async () => {
      const port = await listening(createServer(() => assert.fail('the host was reached')));
      const effect = { host: 'effect.example.test', port: 443, access: 'effect' } as const;
      await open(port, { grants: [{ host, port, access: 'read' }, effect] });
      const answer = await raw(request(port));

      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.deepEqual(
        records.map((record) => [record.verdict, record.status, record.sent, record.received]),
        [[verdict, status, 0, 0]],
      );
    });

  it('a request before its predecessor is answered', async () => {
    const port = await listening(createServer(() => {}));
    await open(port);
    const request = `GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`;

    assert.equal(await raw(`${request}${request}`), '');
    assert.deepEqual(records.map(({ verdict }) => verdict).sort(), ['allowed', 'not a proxy request']);
  });

  it('everything while there is no task, and tells the kernel, not the next task', async () => {
    const port = await listening(upstreamThatEchoes());
    await open(port);
    egress.end();
    assert.match(await get(port), /^HTTP\/1\.1 403 Forbidden\r\n.*No task is under way\./s);
    assert.match(await raw('hello\r\n\r\n'), /^HTTP\/1\.1 403 /);

    assert.deepEqual(
      strays.map(({ verdict }) => verdict),
      ['no task', 'no task'],
    );
    egress.begin((request) => records.push(request));
    assert.match(await get(port), /^HTTP\/1\.1 200 /);
    assert.equal(records.length, 1);
  });

  it('more than 64 connections at once', async () => {
    await open(1);
    const clients = Array.from({ length: 64 }, () => connect(socket));
    await Promise.all(clients.map((client) => once(client, 'connect')));

    assert.equal(await raw('GET / HTTP/1.1\r\n\r\n'), '');
    for (const client of clients) client.destroy();
  });

  it('to wait longer than a connection may rest', async () => {
    const port = await listening(createServer(() => {}));
    await open(port, { idleMs: 20 });

    assert.equal(await get(port), '');
    assert.match(await raw(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`), /^HTTP\/1\.1 200 /);
    egress.end();
    assert.deepEqual(
      records.map(({ method }) => method),
      ['GET', 'CONNECT'],
    );
  });
});

describe('a tunnel', () => {
  const shouting = () =>
    createTcpServer((connection) => {
      connection.write('welcome;');
      connection.on('data', (chunk) => connection.write(String(chunk).toUpperCase()));
      connection.on('error', () => {});
    });

  it('carries bytes both ways, from whichever side they come first, and counts them', async () => {
    const port = await listening(shouting());
    await open(port);
    const client = connect(socket);
    let answer = '';
    client.on('data', (chunk) => {
      answer += chunk;
      if (answer.endsWith('welcome;')) client.write('EHLO you');
      if (answer.endsWith('EHLO YOU')) client.end();
    });
    client.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await once(client, 'close');

    assert.equal(answer, 'HTTP/1.1 200 Connection established\r\n\r\nwelcome;EHLO YOU');
    const expected = { host, port, method: 'CONNECT', verdict: 'allowed', status: 200, sent: 8, received: 16 } as const;
    assert.deepEqual(records, [expected]);
  });

  it('ends with the task, recorded before that is over', async () => {
    const port = await listening(shouting());
    await open(port);
    const client = connect(socket);
    client.write(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`);
    let answer = '';
    while (!answer.endsWith('welcome;')) answer += (await once(client, 'data'))[0];
    egress.end();

    assert.deepEqual(
      records.map(({ sent, received }) => [sent, received]),
      [[0, 8]],
    );
    await once(client, 'close');
    assert.equal(records.length, 1);
  });

  it('ends with the proxy', async () => {
    const port = await listening(shouting());
    await open(port);
    const client = connect(socket);
    client.write(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`);
    await once(client, 'data');
    client.resume();
    await Promise.all([egress.close(), once(client, 'close')]);

    assert.equal(records.length, 1);
    await open(port);
  });
});

describe('egress with TLS', () => {
  let key: string;
  let cert: string;

  function certificateFor(name: string): { key: string; cert: string } {
    const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
    const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=DNS:${name}`];
    const [program, ...args] = ['openssl', 'req', ...kind, ...files, ...subject] as [string, ...string[]];
    const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw error ?? new Error(stderr);
    return { key: readFileSync(join(folder, 'key'), 'utf8'), cert: readFileSync(join(folder, 'cert'), 'utf8') };
  }

  const tlsServer = (pair: { key: string; cert: string }) =>
    createTlsServer(pair, (request, response) => response.end(JSON.stringify({ headers: request.rawHeaders })));
  const grants = (port: number) => [{ host, port, access: 'read', tls: true }] as const;

  beforeEach(function () {
    try {
      ({ key, cert } = certificateFor(host));
    } catch (error) {
      console.log(`      skipped, for openssl makes no certificate here: ${(error as Error).message}`);
      this.skip();
    }
  });

  it('starts TLS for a plain request, after checking the certificate for the name of the host', async () => {
    const port = await listening(tlsServer({ key, cert }));
    await open(port, { grants: grants(port), ca: cert });
    const { headers } = echoed(await get(port));

    assert.deepEqual(headers.slice(0, 2), ['Host', `${host}:${port}`]);
    assert.deepEqual(
      records.map(({ verdict, status }) => [verdict, status]),
      [['allowed', 200]],
    );
  });

  it('sends nothing where the certificate is for another host, or from nobody it trusts', async () => {
    const other = certificateFor('other.example.test');
    const port = await listening(tlsServer(other));
    await open(port, { grants: grants(port), ca: other.cert });
    assert.match(await get(port), /^HTTP\/1\.1 502 .*ERR_TLS_CERT_ALTNAME_INVALID/s);
    await egress.close();
    await open(port, { grants: grants(port) });

    assert.match(await get(port), /^HTTP\/1\.1 502 .*DEPTH_ZERO_SELF_SIGNED_CERT/s);
    assert.deepEqual(
      records.map(({ verdict }) => verdict),
      ['unreachable', 'unreachable'],
    );
  });

  it('adds nothing to TLS that the plugin speaks itself inside a tunnel', async () => {
    const port = await listening(tlsServer({ key, cert }));
    const credential = { name: 'key', host, plugins: ['writer'] as [string], header: 'Authorization', env: 'KEY' };
    const network = { privateHosts: [`${host}:${port}`], credentials: [credential] };
    await open(port, { grants: grants(port), network, env: { KEY: secret } });
    const client = connect(socket);
    client.write(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`);
    await once(client, 'data');
    const secure = connectTls({ socket: client, ca: cert, servername: host });
    secure.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    let answer = '';
    for await (const chunk of secure) answer += chunk;
    client.destroy();
    egress.end();

    assert.deepEqual(echoed(answer).headers, ['Host', host, 'Connection', 'close']);
    const [record] = records as [NetworkRequest];
    assert.deepEqual([record.method, record.credential, record.path], ['CONNECT', undefined, undefined]);
    assert.ok(record.sent > 100 && record.received > 100);
  });
});
