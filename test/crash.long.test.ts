// kill -9 at any moment: after a restart every task has exactly one outcome and the ledger verifies.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { openReader } from '../ledger/reader.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('a kernel that is killed', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    // Plugins that die with their kernel are not what this is about.
    at = temporaryHome({ breaker: { failures: 1000 } });
  });
  afterEach(() => at.remove());

  /** Starts a kernel and kills it once the ledger has `entries` entries. */
  async function killAt(entries: number): Promise<void> {
    const kernel = at.begin('start', '--once');
    kernel.stdout?.resume();
    const ended = once(kernel, 'exit');
    while (kernel.exitCode === null && countEntries() < entries) await new Promise(setImmediate);
    kernel.kill('SIGKILL');
    await ended;
  }

  function countEntries(): number {
    if (!existsSync(at.home.ledger)) return 0;
    try {
      const reader = openReader(at.home.ledger);
      const [last] = reader.latest(1);
      reader.close();
      return last?.seq ?? 0;
    } catch {
      // The tables are being made.
      return 0;
    }
  }

  function outcomes(): Map<string, number> {
    const reader = openReader(at.home.ledger);
    const counts = new Map<string, number>();
    for (const { taskKey } of reader.latest(100_000, 'task')) counts.set(taskKey, (counts.get(taskKey) ?? 0) + 1);
    reader.close();
    return counts;
  }

  async function finish(): Promise<void> {
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 0, run.stdout + run.stderr);
    const verified = await at.arbiter('ledger', 'verify');
    assert.equal(verified.status, 0, verified.stdout);
    assert.deepEqual(readdirSync(at.home.processing), []);
    assert.deepEqual(readdirSync(at.home.copies), []);
  }

  it('loses no task and does none twice', async () => {
    const tasks = 1500;
    at.drop(
      'many.jsonl',
      Array.from({ length: tasks }, (_, index) => ({ tool: 'jsonl-parser', input: { text: `{"a":${index}}` } })),
    );
    for (const entries of [2, 300, 900]) await killAt(entries);
    await finish();

    const counts = outcomes();
    assert.equal(counts.size, tasks);
    assert.deepEqual([...new Set(counts.values())], [1]);
    const results = at.results('many.jsonl');
    assert.equal(results.length, tasks);
    assert.ok(
      results.every(
        ({ status, output }, index) => status === 'done' && JSON.stringify(output).includes(`{"a":${index}}`),
      ),
    );
  });

  it('applies each change of a folder and of a repository exactly once', async () => {
    const folder = at.folder('notes', { 'log.txt': '' });
    const repository = await at.repository('shop');
    const writes = Array.from({ length: 12 }, (_, index) => [
      {
        id: `f${index}`,
        tool: 'file-writer',
        workspace: folder,
        input: { path: 'log.txt', content: `${index}\n`, append: true },
        retry: { maxAttempts: 20 },
      },
      {
        id: `r${index}`,
        tool: 'file-writer',
        workspace: repository,
        input: { path: `${index}.txt`, content: `${index}` },
      },
    ]).flat();
    at.drop('writes.jsonl', writes);
    for (const entries of [6, 14, 24]) await killAt(entries);
    await finish();

    const counts = outcomes();
    assert.deepEqual(
      [...counts.entries()].filter(([, count]) => count !== 1),
      [],
    );
    assert.equal(counts.size, 24);
    const appended = readFileSync(join(folder, 'log.txt'), 'utf8')
      .trim()
      .split('\n')
      .map(Number)
      .sort((a, b) => a - b);
    assert.deepEqual(
      appended,
      Array.from({ length: 12 }, (_, index) => index),
    );
    const branches = (
      await at.git(repository, 'branch', '--list', 'arbiter/*', '--format=%(refname:short) %(objectname)')
    ).split('\n');
    assert.equal(branches.length, 12);
    for (const branch of branches)
      assert.equal(await at.git(repository, 'rev-list', '--count', `main..${branch.split(' ')[0]}`), '1');
    assert.equal(await at.git(repository, 'fsck', '--strict', '--no-dangling'), '');
  });

  it('is not overtaken by a git that lived longer', async () => {
    const repository = await at.repository('shop');
    // A git that holds the lock of the branch for a while before it moves it.
    const slow = join(at.place, 'slow');
    mkdirSync(slow);
    const lock = join(repository, '.git/refs/heads/arbiter/slow.lock');
    const wait = `mkdir -p "$(dirname "${lock}")"; : > "${lock}"; sleep 0.7; rm "${lock}"`;
    const real = `PATH=\${PATH#*:} exec git "$@"`;
    writeFileSync(join(slow, 'git'), `#!/bin/sh\nif [ "$1" = update-ref ]; then ${wait}; fi\n${real}\n`, {
      mode: 0o755,
    });
    at.drop('slow.jsonl', [
      { id: 'slow', tool: 'file-writer', workspace: repository, input: { path: 'a.txt', content: 'a' } },
    ]);
    const { PATH } = process.env;
    Object.assign(process.env, { PATH: `${slow}:${PATH}`, ARBITER_CRASH_POINT: 'during-update-ref' });
    try {
      const [, signal] = await once(at.begin('start', '--once'), 'exit');
      assert.equal(signal, 'SIGKILL');
    } finally {
      process.env.PATH = PATH;
      delete process.env.ARBITER_CRASH_POINT;
    }
    await finish();

    assert.deepEqual(
      at.results('slow.jsonl').map(({ status }) => status),
      ['done'],
    );
    assert.equal(await at.git(repository, 'rev-list', '--count', 'main..arbiter/slow'), '1');
  });

  it('stops where the ledger cannot be kept, and goes on when it can', async () => {
    const tasks = 3000;
    const text = 'x'.repeat(300);
    at.drop(
      'many.jsonl',
      Array.from({ length: tasks }, (_, index) => ({ tool: 'jsonl-parser', input: { text: `"${index}${text}"` } })),
    );
    // As on a full disk: no file may grow beyond this.
    const limited = 'ulimit -f 4000; exec "$0" "$@"';
    const kernel = await execa('sh', ['-c', limited, process.execPath, at.bin, 'start', '--home', at.home.path], {
      env: { XDG_STATE_HOME: join(at.place, 'state') },
      reject: false,
    });
    assert.equal(kernel.exitCode, 3, kernel.stdout + kernel.stderr);
    assert.match(kernel.stderr, /The ledger .* cannot be used/);
    await finish();

    const counts = outcomes();
    assert.equal(counts.size, tasks);
    assert.deepEqual([...new Set(counts.values())], [1]);
  });

  it('leaves no process behind', async () => {
    at.drop(
      'many.jsonl',
      Array.from({ length: 3000 }, (_, index) => ({ tool: 'jsonl-parser', input: { text: `${index}` } })),
    );
    await killAt(200);
    const left = () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .filter((pid) => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(at.home.run);
          } catch {
            return false;
          }
        });
    while (left().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await finish();
  });
});
