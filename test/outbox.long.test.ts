// Requests to hosts granted as effect: handed to the kernel, sent after gates and approval, at least once, with one key.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { homeWith } from './outbox-plugin.ts';
import type { TemporaryHome } from './temporary-home.ts';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('requests that a state change hands over', () => {
  let at: TemporaryHome;
  let server: Server;
  let port: number;
  let received: Received[];
  /** Status of the n-th answer; 200 where there is none. */
  let answers: number[];

  before(async () => {
    process.env.ARBITER_TEST_KEY = 'a-secret-key';
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body, key: `${headers['idempotency-key']}` });
      response.writeHead(answers[received.length - 1] ?? 200).end('ok');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  after(() => {
    delete process.env.ARBITER_TEST_KEY;
    server.close();
  });
  beforeEach(() => {
    [received, answers] = [[], []];
    at = homeWith(port);
  });
  afterEach(() => at.remove());

  const post = (path: string, more: object = {}) => ({
    url: `http://localhost:${port}${path}`,
    method: 'POST',
    ...more,
  });
  const announce = (requests: object[], input: object = {}, more: object = {}) => ({
    ...{ id: 'tell', tool: 'announce', input: { requests, ...input }, ...more },
  });
  async function run(task: object, status = 0): Promise<ReturnType<TemporaryHome['results']>[number]> {
    at.drop('a.jsonl', [task]);
    const ended = await at.arbiter('start', '--once');
    assert.equal(ended.status, status, ended.stdout + ended.stderr);
    return at.results('a.jsonl').at(-1) as never;
  }
  const entry = async () => JSON.parse((await at.arbiter('show', 'tell', '--json')).stdout).entries.at(-1);

  it('are sent once the files are in place, with the credentials of the operator and a key', async () => {
    const folder = at.folder('notes');
    const body = '{"text":"released"}';
    const files = [{ path: 'a.txt', content: 'a' }];
    const result = await run(
      announce(
        [post('/hook?x=1', { headers: { 'Content-Type': 'application/json' }, body }), post('/second')],
        { files },
        { workspace: folder },
      ),
    );

    assert.equal(result.status, 'done', JSON.stringify(result));
    assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'a');
    assert.deepEqual(
      received.map(({ method, url, body }) => [method, url, body]),
      [
        ['POST', '/hook?x=1', body],
        ['POST', '/second', ''],
      ],
    );
    assert.equal(received[0]?.headers.authorization, 'Bearer a-secret-key');
    assert.equal(received[0]?.headers['content-type'], 'application/json');
    assert.deepEqual(result.output, { keys: received.map(({ key }) => key) });
    assert.equal(new Set(received.map(({ key }) => key)).size, 2);

    const recorded = await entry();
    assert.equal(recorded.body.requests.length, 2);
    assert.deepEqual(recorded.envelope.deliveries[0], {
      ...{ key: received[0]?.key, attempts: 1, status: 200, credential: 'test-key' },
    });
    assert.doesNotMatch(JSON.stringify(recorded), /a-secret-key/);

    const { stdout } = await at.arbiter('rollback', 'tell');
    assert.match(stdout, /What it sent cannot be taken back: POST http:\/\/localhost:\d+\/hook\?x=1, POST/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('are not sent while the plugin works, nor when its gate fails', async () => {
    const folder = at.folder('notes');
    const result = await run(
      announce(
        [post('/hook')],
        { files: [{ path: 'bad.json', content: '{' }], ask: `http://localhost:${port}/now` },
        { workspace: folder },
      ),
      1,
    );
    assert.equal(result.code, 'GATE_FAILED');
    assert.deepEqual(received, []);
    assert.equal((await entry()).envelope.network[0].verdict, 'closed during work');
  });

  it('are not sent with a secret in them', async () => {
    const parts = ['the token is ', 'ghp_', 'a1B2'.repeat(9)];
    const result = await run(announce([post('/hook', { parts })]), 1);
    assert.equal(result.code, 'POLICY_DENIED');
    assert.match(result.message ?? '', /POST http:\/\/localhost:\d+\/hook:1 holds a secret/);
    assert.deepEqual(received, []);
  });

  it('are part of a plan, and of what is applied later', async () => {
    const folder = at.folder('notes');
    const files = [{ path: 'a.txt', content: 'a' }];
    const planned = await run(
      announce(
        [post('/hook', { body: 'hello' })],
        { files, tasks: [{ tool: 'jsonl-parser' }] },
        { workspace: folder, whatIf: true },
      ),
    );
    assert.equal(planned.status, 'planned');
    assert.equal(planned.note, 'Would send 1 request(s) and submit 1 task(s).');
    const { stdout } = await at.arbiter('plan', 'show', 'tell');
    assert.match(stdout, new RegExp(`sends {4}POST http://localhost:${port}/hook\n *> hello`));
    assert.match(stdout, /submits {2}1 task/);
    assert.deepEqual([received, readdirSync(folder), readdirSync(at.home.inbox)], [[], [], []]);

    const applied = await at.arbiter('apply', 'tell');
    assert.equal(applied.status, 0, applied.stderr);
    assert.deepEqual(
      received.map(({ body }) => body),
      ['hello'],
    );
    assert.deepEqual(readdirSync(folder), ['a.txt']);
    const [dropped] = readdirSync(at.home.inbox);
    assert.deepEqual(JSON.parse(readFileSync(join(at.home.inbox, `${dropped}`), 'utf8')), {
      ...{ id: 'tell/1', parentId: 'tell', tool: 'jsonl-parser' },
    });
    assert.match((await at.arbiter('apply', 'tell')).stderr, /APPLIED_ALREADY|applied/);
    assert.equal(received.length, 1);
  });

  it('wait for the approval, and go with a refusal', async () => {
    at.drop('a.jsonl', [
      announce([post('/yes')], {}, { approval: 'required' }),
      announce([post('/no')], {}, { id: 'other', approval: 'required' }),
    ]);
    await at.arbiter('start', '--once');
    assert.deepEqual(received, []);
    await at.arbiter('reject', 'other');
    const approved = await at.arbiter('approve', 'tell');
    assert.equal(approved.status, 0, approved.stderr);
    assert.deepEqual(
      received.map(({ url }) => url),
      ['/yes'],
    );
  });

  it('are tried again while the host is not well', async () => {
    answers = [503, 429];
    const result = await run(announce([post('/hook')]));
    assert.equal(result.status, 'done');
    assert.equal(received.length, 3);
    assert.equal(new Set(received.map(({ key }) => key)).size, 1);
    assert.equal((await entry()).envelope.deliveries[0].attempts, 3);
  });

  it('take the files back with them when the host refuses', async () => {
    answers = [422];
    const folder = at.folder('notes', { 'a.txt': 'before' });
    const files = [
      { path: 'a.txt', content: 'after' },
      { path: 'b.txt', content: 'b' },
    ];
    const result = await run(announce([post('/hook')], { files }, { workspace: folder }), 1);
    assert.equal(result.code, 'REQUEST_REFUSED');
    assert.match(
      result.message ?? '',
      /POST http:\/\/localhost:\d+\/hook was refused by its host: it was answered 422/,
    );
    assert.equal(readFileSync(join(folder, 'a.txt'), 'utf8'), 'before');
    assert.equal(existsSync(join(folder, 'b.txt')), false);
  });

  it('take the branch back with them when the host refuses', async () => {
    answers = [403];
    const repository = await at.repository('shop');
    const result = await run(
      announce([post('/hook')], { files: [{ path: 'b.txt', content: 'b' }] }, { workspace: repository }),
      1,
    );
    assert.equal(result.code, 'REQUEST_REFUSED');
    assert.equal(await at.git(repository, 'branch', '--list', 'arbiter/*'), '');
  });

  it('leave the task to a person when some have arrived and others have not', async () => {
    answers = [200, 400];
    const result = await run(announce([post('/first'), post('/second')]), 1);
    assert.deepEqual([result.status, result.code], ['quarantined', 'EFFECT_HALF_APPLIED']);
    assert.match(
      result.message ?? '',
      /POST http:\/\/localhost:\d+\/first \(delivered before POST .*\/second failed: it was answered 400\)/,
    );
  });

  it('that are none are refused with the reason, and nothing is sent', async () => {
    const wrong: [object, RegExp][] = [
      [
        { url: 'http://example.com/', method: 'POST' },
        /http:\/\/example.com:80 is not granted for effects; granted are: http:\/\/localhost:\d+/,
      ],
      [post('/', { headers: { Authorization: 'Bearer mine' } }), /network.credentials/],
      [post('/', { headers: { 'Idempotency-Key': 'mine' } }), /the kernel's own/],
      [post('/', { method: 'GET' }), /no request to send/],
      [post('/', { headers: { 'X-Bad': 'a\nb' } }), /Invalid character/],
      [{ url: `http://user:secret@localhost:${port}/`, method: 'POST' }, /leave them out/],
      [{ url: `https://localhost:${port}/`, method: 'POST' }, /not granted/],
    ];
    at.drop(
      'a.jsonl',
      wrong.map(([request], index) => announce([request], {}, { id: `wrong-${index}` })),
    );
    assert.equal((await at.arbiter('start', '--once')).status, 1);
    const results = at.results('a.jsonl');
    for (const [index, [, reason]] of wrong.entries()) assert.match(results[index]?.message ?? '', reason);
    assert.deepEqual(received, []);
  });

  for (const [point, sent] of [
    ['after-prepared', 1],
    ['before-send', 1],
    ['after-send', 2],
    ['after-apply', 2],
  ] as const)
    it(`arrive after a crash at ${point}, with the same key, and the task is done once`, async () => {
      const folder = at.folder('notes');
      const files = [{ path: 'a.txt', content: 'a' }];
      at.drop('a.jsonl', [
        announce(
          [post('/hook')],
          { files, tasks: [{ tool: 'jsonl-parser', input: { text: '{}' } }] },
          { workspace: folder },
        ),
      ]);
      const crashed = await execa(process.execPath, [at.bin, 'start', '--once', '--home', at.home.path], {
        env: { ARBITER_CRASH_POINT: point },
        reject: false,
      });
      assert.equal(crashed.signal, 'SIGKILL');
      assert.equal((await at.arbiter('start', '--once')).status, 0);
      assert.equal(received.length, sent);
      assert.equal(new Set(received.map(({ key }) => key)).size, 1);
      assert.deepEqual(readdirSync(folder), ['a.txt']);
      const { stdout } = await at.arbiter('show', 'tell', '--json');
      const outcomes = JSON.parse(stdout).entries.filter(
        ({ body }: { body: { kind: string } }) => body.kind === 'task',
      );
      assert.equal(outcomes.length, 1);
      const children = JSON.parse((await at.arbiter('show', 'tell/1', '--json')).stdout).entries;
      assert.equal(children.length, 1);
      assert.equal((await at.arbiter('ledger', 'verify')).status, 0);
    });
});
