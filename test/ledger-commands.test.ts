// Each command in a process of its own: files of the ledger are replaced between them.
// arbiter ledger, as a user types it.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('arbiter ledger', () => {
  let at: TemporaryHome;
  const ledger = (...args: string[]) => at.program('ledger', ...args);

  beforeEach(async () => {
    at = temporaryHome();
    at.drop('a.jsonl', [
      { id: 'one', tool: 'jsonl-parser', input: { text: '{"a":1}' } },
      { id: 'two', tool: 'nothing-like-it', input: {}, dependsOn: ['one'] },
    ]);
    await at.program('start', '--once');
  });

  afterEach(() => at.remove());

  it('verify: says that it is whole, and counts checkpoints', async () => {
    const { status, stdout } = await ledger('verify');

    assert.equal(status, 0, stdout);
    assert.match(
      stdout,
      /^The ledger is whole.*\n3 entries, head 3:[0-9a-f]{64}\n\d checkpoints, root [A-Za-z0-9+/]{43}=/,
    );
    const { key } = JSON.parse((await ledger('head', '--json')).stdout);
    assert.equal((await ledger('verify', '--key', key)).status, 0);
    assert.equal((await ledger('verify', '--key', 'another')).status, 1);
  });

  it('verify: a user who may not read the file is told so, and not that it was tampered with', async function () {
    if (process.getuid?.() === 0) {
      // As somebody else, who may look into the folders and not into the file.
      chmodSync(at.place, 0o755);
      chmodSync(at.home.ledger, 0o600);
      const args = ['--reuid=65534', '--regid=65534', '--clear-groups', '--', process.execPath, at.bin];
      const { exitCode, stderr } = await execa('setpriv', [...args, 'ledger', 'verify', '--home', at.home.path], {
        reject: false,
      });
      if (/Cannot find module|permission denied.*bin/i.test(stderr)) return this.skip();
      assert.equal(exitCode, 4, stderr);
      assert.match(stderr, /^The ledger .*ledger\.db may not be read: EACCES/);
      assert.match(stderr, /LEDGER_UNREADABLE/);
      return;
    }
    chmodSync(at.home.ledger, 0);
    const { status, stderr } = await ledger('verify');
    assert.equal(status, 4, stderr);
    assert.match(stderr, /^The ledger .*ledger\.db may not be read: EACCES/);
  });

  it('log: filters by task, kind, status, tool and time', async () => {
    const ids = async (...args: string[]) =>
      (await ledger('log', '--json', ...args)).stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).taskKey);

    assert.deepEqual(await ids(), ['kernel', 'one', 'two']);
    assert.deepEqual(await ids('--limit', '1'), ['two']);
    assert.deepEqual(await ids('--task', 'one'), ['one']);
    assert.deepEqual(await ids('--kind', 'kernel'), ['kernel']);
    assert.deepEqual(await ids('--status', 'done'), ['one']);
    assert.deepEqual(await ids('--tool', 'jsonl-parser'), ['one']);
    assert.deepEqual(await ids('--since', '2001-01-01'), ['kernel', 'one', 'two']);
    assert.deepEqual(await ids('--since', '2101-01-01'), []);
    assert.equal((await ledger('log', '--since', 'yesterdayish')).status, 64);
  });

  it('log --follow: shows what comes', async () => {
    const following = at.begin('ledger', 'log', '--follow', '--json', '--tool', 'jsonl-parser');
    try {
      const seen: string[] = [];
      for await (const line of createInterface(following.stdout as NodeJS.ReadableStream)) {
        seen.push(JSON.parse(line).taskKey);
        if (seen.length === 2) break;
        at.drop('b.jsonl', [{ id: 'three', tool: 'jsonl-parser', input: { text: '{"a":2}' } }]);
        await at.program('start', '--once');
      }
      assert.deepEqual(seen, ['one', 'three']);
    } finally {
      following.kill();
    }
  });

  it('prove: a proof is checked against the key, without the ledger', async () => {
    const file = join(at.place, 'one.tlog-proof');
    assert.equal((await ledger('prove', 'one', '--out', file)).status, 0);
    const { key } = JSON.parse((await ledger('head', '--json')).stdout);
    rmSync(at.home.ledger);

    const { status, stdout } = await ledger('verify-proof', file, '--key', key);
    assert.equal(status, 0);
    assert.match(stdout, /^Proven: entry 2 of arbiter\.ledger\/\S+, when that had 3 entries\.\n {2}task {2}one\n/);

    writeFileSync(file, readFileSync(file, 'utf8').replace('index 1', 'index 2'));
    const wrong = await ledger('verify-proof', file, '--key', key, '--json');
    assert.equal(wrong.status, 1);
    assert.deepEqual(JSON.parse(wrong.stdout), {
      proven: false,
      detail: 'The entry does not lead to the root that was signed.',
    });
    assert.equal((await ledger('verify-proof', '/nowhere', '--key', key)).status, 64);
  });

  it('export: the folder verifies by itself, and is not written over', async () => {
    const folder = join(at.place, 'export');
    assert.deepEqual(JSON.parse((await ledger('export', folder, '--json')).stdout), { folder, entries: 3, tiles: 1 });
    assert.deepEqual(readdirSync(folder).sort(), ['checkpoint', 'ledger.vkey', 'payload.jsonl', 'tile']);

    assert.equal((await ledger('verify-export', folder)).status, 0);
    const again = await ledger('export', folder);
    assert.equal(again.status, 3);
    assert.match(again.stderr, /^Nothing was exported to \S+: it is not empty\./);
    writeFileSync(
      join(folder, 'payload.jsonl'),
      readFileSync(join(folder, 'payload.jsonl'), 'utf8').replace('jsonl-parser', 'jsonl-barser'),
    );
    assert.equal((await ledger('verify-export', folder)).status, 1);
  });

  it('redact: removes a content, says so, and the task is not run again', async () => {
    const { status, stdout } = await ledger('redact', '2', '--reason', 'a token was in it');
    assert.equal(status, 0);
    assert.match(stdout, /^The content of entry 2 is gone; entry 4 says so\./);

    const verified = await ledger('verify');
    assert.equal(verified.status, 0, verified.stdout);
    assert.match(verified.stdout, /content removed by a recorded entry: 2$/);
    assert.doesNotMatch((await ledger('show', '2')).stdout, /"a":1/);
    assert.match((await ledger('log')).stdout, /done +\(redacted\) +one/);
    at.drop('c.jsonl', [{ id: 'one', tool: 'jsonl-parser', input: { text: '{"a":1}' } }]);
    await at.program('start', '--once');
    assert.equal(at.results('c.jsonl')[0]?.entry, 2);
    assert.equal((await ledger('redact', '2', '--reason', 'again')).status, 3);
    assert.equal((await ledger('redact', '2')).status, 64);
  });

  it('backup, loss, new segment: what was lost is refused, then accepted and said', async () => {
    const file = join(at.place, 'backup.db');
    assert.equal((await ledger('backup', file)).status, 0);
    at.drop('d.jsonl', [{ id: 'four', tool: 'jsonl-parser', input: { text: '{"a":4}' } }]);
    await at.program('start', '--once');
    for (const suffix of ['-wal', '-shm']) rmSync(at.home.ledger + suffix, { force: true });
    copyFileSync(file, at.home.ledger);

    assert.equal((await ledger('verify')).status, 2);
    const refused = await at.program('start', '--once');
    assert.equal(refused.status, 3);
    assert.match(
      refused.stderr,
      /notes 5 entries, and the ledger ends at entry 3\.[\s\S]*arbiter ledger new-segment --reason/,
    );

    assert.match((await ledger('new-segment', '--reason', 'the disk died')).stdout, /^Segment 2 begins with entry 4\./);
    assert.equal((await at.program('start', '--once')).status, 0);
    assert.equal((await ledger('verify')).status, 0);
    assert.match((await ledger('log')).stdout, /recovery +segment:2/);
  });
});
