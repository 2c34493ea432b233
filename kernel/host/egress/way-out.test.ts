import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkRequest } from '../../../contracts/generated/ledger.v1.ts';
import { newFolder, skip } from '../fixtures/boxes.ts';
import { boxUser, runsAsRoot } from '../launch/stage.ts';
import { openWayOut, type WayOut } from './way-out.ts';

const plugin = { id: 'odd', hosts: [] };
const temporaryBefore = process.env.TMPDIR;

describe('a way out', () => {
  let temporary: string;
  let open: WayOut[];

  beforeEach(() => {
    temporary = newFolder();
    process.env.TMPDIR = temporary;
    open = [];
  });

  afterEach(async () => {
    for (const wayOut of open) await wayOut.close();
    if (temporaryBefore === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporaryBefore;
    rmSync(temporary, { recursive: true });
  });

  async function opened(user: number | null = null): Promise<WayOut> {
    const wayOut = await openWayOut(plugin, undefined, user, tmpdir());
    open.push(wayOut);
    return wayOut;
  }

  /** Asks for `host` as the relay would, and gives the status of the answer. */
  function ask({ wrapper }: WayOut, host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const socketPath = join(wrapper.folder, 'socket');
      request({ socketPath, path: `http://${host}/`, headers: { host } }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      })
        .once('error', reject)
        .end();
    });
  }

  function recorder(): { hosts: (string | undefined)[]; record(request: NetworkRequest): void } {
    const hosts: (string | undefined)[] = [];
    return { hosts, record: ({ host }) => hosts.push(host) };
  }

  it('has a folder of its own, with a relay and where the proxy listens', async () => {
    const { wrapper } = await opened();

    assert.deepEqual(readdirSync(wrapper.folder).sort(), ['relay.mjs', 'socket']);
    assert.equal(statSync(join(wrapper.folder, 'socket')).isSocket(), true);
    assert.equal(statSync(wrapper.folder).mode & 0o777, 0o700);
    assert.equal(wrapper.file, 'relay.mjs');
    assert.deepEqual(wrapper.arguments('/wrapper'), ['/wrapper/socket', '0']);
    assert.notEqual((await opened()).wrapper.folder, wrapper.folder);
  });

  it('leaves nothing when it is closed, once or twice', async () => {
    const wayOut = await opened();

    await wayOut.close();
    assert.deepEqual(readdirSync(temporary), []);

    await wayOut.close();
  });

  it('leaves nothing when it cannot be opened', async () => {
    process.env.TMPDIR = join(temporary, 'longer-than-the-path-of-a-socket'.repeat(4));
    mkdirSync(process.env.TMPDIR);

    await assert.rejects(opened(), { code: 'EINVAL' });

    assert.deepEqual(readdirSync(process.env.TMPDIR), []);
  });

  it('belongs to the user inside', async function () {
    if (!runsAsRoot()) skip(this, 'only root can give a folder away');
    const { wrapper } = await opened(boxUser);

    const owners = [wrapper.folder, join(wrapper.folder, 'relay.mjs')].map((path) => statSync(path).uid);

    assert.deepEqual(owners, [boxUser, boxUser]);
  });

  it('gives what was asked for before a task to the next one, once', async () => {
    const wayOut = await opened();
    const [first, second] = [recorder(), recorder()];
    assert.equal(await ask(wayOut, 'early.test'), 403);

    wayOut.begin(first.record);
    assert.equal(await ask(wayOut, 'first.test'), 403);
    wayOut.end();
    await ask(wayOut, 'between.test');
    wayOut.begin(second.record);
    wayOut.end();

    assert.deepEqual([first.hosts, second.hosts], [['early.test', 'first.test'], ['between.test']]);
  });

  it('keeps no more than a hundred of them', async () => {
    const wayOut = await opened();
    const task = recorder();
    for (let number = 0; number < 105; number++) await ask(wayOut, `host-${number}.test`);

    wayOut.begin(task.record);

    assert.equal(task.hosts.length, 100);
    assert.equal(task.hosts.at(-1), 'host-99.test');
  });

  it('lets nobody ask once it is closed', async () => {
    const wayOut = await opened();
    await wayOut.close();

    assert.equal(existsSync(wayOut.wrapper.folder), false);
    await assert.rejects(ask(wayOut, 'late.test'), { code: 'ENOENT' });
  });
});
