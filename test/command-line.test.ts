// The command line as a user meets it: exit codes, --json, messages.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ask } from '../kernel/control.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { writePlugin } from './write-plugin.ts';

describe('the command line', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  /** Starts a kernel that watches, and waits until it can be reached. */
  async function watching(...args: string[]) {
    const kernel = at.begin('start', '--json', ...args);
    const events: Record<string, unknown>[] = [];
    const waiting: { kind: string; resolve(): void }[] = [];
    createInterface({ input: kernel.stdout as NonNullable<typeof kernel.stdout> }).on('line', (line) => {
      const event = JSON.parse(line);
      events.push(event);
      for (const each of waiting.filter(({ kind }) => kind === event.event)) each.resolve();
    });
    const seen = (kind: string) =>
      new Promise<void>((resolve) =>
        events.some(({ event }) => event === kind) ? resolve() : waiting.push({ kind, resolve }),
      );
    const ended = once(kernel, 'exit').then(([code]) => code as number | null);
    await seen('started');
    while ((await ask(at.home.socket, { command: 'status' })) === null) await new Promise(setImmediate);
    return { kernel, events, seen, ended };
  }

  it('makes a home, once', async () => {
    rmSync(at.home.path, { recursive: true });
    assert.equal((await at.arbiter('init')).status, 0);
    assert.ok(existsSync(at.home.inbox));
    const again = await at.arbiter('init', '--json');
    assert.equal(again.status, 3);
    assert.equal(JSON.parse(again.stdout).error.code, 'HOME_EXISTS');
  });

  it('says that there is no home, and how to make one', async () => {
    rmSync(at.home.path, { recursive: true });
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 3);
    assert.match(run.stderr, /There is no home at .*\n.*\n +try: +arbiter init --home /);
  });

  it('exits with 64 for wrong usage, and suggests what was meant', async () => {
    const unknown = await at.arbiter('strat');
    assert.equal(unknown.status, 64);
    assert.match(unknown.stderr, /Did you mean start\?/);
    assert.equal((await at.arbiter('submit', 'jsonl-parser', 'no-pair')).status, 64);
    assert.equal((await at.arbiter('start', '--isolation', 'none')).status, 64);
    for (const wrong of [
      ['submit', 'jsonl-parser', 'text:=bad'],
      ['submit', 'jsonl-parser', '--input', '/nowhere'],
      ['ledger', 'log', '--last', 'x'],
      ['gc', '--older-than', ''],
    ]) {
      const { status, stderr } = await at.arbiter(...wrong);
      assert.equal(status, 64, wrong.join(' '));
      assert.doesNotMatch(stderr, /^ +at /m);
    }
    assert.equal((await at.arbiter('--help')).status, 0);
  });

  it('names the unknown key of arbiter.yaml and the nearest right one', async () => {
    writeFileSync(at.home.settings, 'schema: settings.v1\nworkspaces: []\nisolatoin: auto\n');
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 3);
    assert.match(run.stderr, /unknown key "isolatoin"/);
    assert.match(run.stderr, /Did you mean "isolation"\?/);
  });

  it('submits, waits and prints the outcome', async () => {
    const { kernel, ended } = await watching();
    const done = await at.arbiter('submit', 'jsonl-parser', 'text={"a":1}', '--wait', '--json');
    assert.equal(done.status, 0, done.stderr);
    assert.deepEqual(JSON.parse(done.stdout).output.values, [{ a: 1 }]);
    const failed = await at.arbiter('submit', 'git-status', '--workspace', '/usr', '--wait', '--json');
    assert.equal(failed.status, 1);
    assert.equal(JSON.parse(failed.stdout).error.code, 'WORKSPACE_NOT_GRANTED');
    assert.equal((await at.arbiter('stop')).status, 0);
    assert.equal(await ended, 1);
    assert.equal(kernel.exitCode, 1);
  });

  it('keeps text as text where the tool wants text, whatever it looks like', async () => {
    const folder = at.folder('notes');
    await at.arbiter('submit', 'file-writer', 'path=prices.json', 'content={"tea": 3}', '--workspace', folder);
    assert.equal((await at.arbiter('start', '--once')).status, 0);
    assert.equal(readFileSync(join(folder, 'prices.json'), 'utf8'), '{"tea": 3}');
  });

  it('does not wait where no kernel runs', async () => {
    const run = await at.arbiter('submit', 'jsonl-parser', 'text=1', '--wait');
    assert.equal(run.status, 3);
    assert.match(run.stderr, /No kernel runs on /);
    assert.deepEqual(readdirSync(at.home.inbox), []);
  });

  it('takes appended lines, moved files and files of others while it watches', async () => {
    const { ended, events, seen } = await watching();
    writeFileSync(join(at.home.inbox, 'a.jsonl'), '{"tool":"jsonl-parser",', { flag: 'a' });
    writeFileSync(join(at.home.inbox, 'a.jsonl'), '"input":{"text":"1"}}\n', { flag: 'a' });
    await seen('finished');
    await at.arbiter('stop');
    await ended;
    const settled = events.filter(({ event }) => event === 'settled');
    // However the two halves fell, nothing is lost: one task, or two halves returned as they came.
    assert.ok(settled.length >= 1);
    const failed = at.failed('a.jsonl');
    assert.ok(settled.some(({ status }) => status === 'done') || failed.includes('"tool"'));
  });

  it('allows one kernel per home', async () => {
    const { ended } = await watching();
    const second = await at.arbiter('start', '--once');
    assert.equal(second.status, 3);
    assert.match(second.stderr, /HOME_BUSY/);
    await at.arbiter('stop');
    await ended;
  });

  it('drains on the first interrupt, and nothing is lost', async () => {
    at.drop(
      'many.jsonl',
      Array.from({ length: 2000 }, (_, index) => ({ tool: 'jsonl-parser', input: { text: `${index}` } })),
    );
    const { kernel, seen, ended } = await watching();
    await seen('settled');
    kernel.kill('SIGINT');
    await ended;
    assert.equal((await at.arbiter('start', '--once')).status, 0);
    const results = at.results('many.jsonl');
    assert.equal(results.length, 2000);
    assert.equal(new Set(results.map(({ entry }) => entry)).size, 2000);
  });

  it('stops at once in the middle of a long backoff, which is written down', async () => {
    writeDying(join(at.home.plugins, 'dying'));
    at.drop('a.jsonl', [{ id: 'dies', tool: 'die', retry: { delayMs: 3_600_000 } }]);
    const { ended, seen } = await watching();
    await seen('claimed');
    const isResting = async () => {
      const status = (await ask(at.home.socket, { command: 'status' })) as { running: { box: string }[] };
      return status.running[0]?.box === 'backoff';
    };
    while (!(await isResting())) await new Promise(setImmediate);
    assert.equal((await at.arbiter('stop')).status, 0);
    assert.equal(await ended, 0);
    assert.deepEqual(readdirSync(at.home.processing), []);
    assert.deepEqual(readdirSync(at.home.waiting), ['dies.json']);
  });

  it('cancels a running task: it is killed, nothing is applied, the entry says so', async () => {
    const plugin = join(at.home.plugins, 'sleeper');
    copyPlugin(plugin);
    const { ended, seen } = await watching();
    at.drop('slow.jsonl', [{ id: 'slow', tool: 'sleep-for-ever' }]);
    await seen('claimed');
    let reply = await at.arbiter('cancel', 'slow');
    while (reply.status !== 0) reply = await at.arbiter('cancel', 'slow');
    await seen('settled');
    await at.arbiter('stop');
    await ended;
    assert.deepEqual(
      at.results('slow.jsonl').map(({ status }) => status),
      ['cancelled'],
    );
  });

  it('puts failed lines back into the inbox', async () => {
    at.drop('a.jsonl', [{ id: 'late', tool: 'git-status', workspace: join(at.place, 'work', 'later') }]);
    await at.arbiter('start', '--once');
    await at.repository('later');
    const retried = await at.arbiter('retry', '--json');
    assert.equal(JSON.parse(retried.stdout).retried.length, 1);
    assert.equal((await at.arbiter('start', '--once')).status, 0);
    assert.equal(at.results('a.jsonl').at(-1)?.status, 'done');
  });

  it('lists, shows and logs', async () => {
    at.drop('a.jsonl', [{ id: 'one', tool: 'jsonl-parser', input: { text: '1' } }]);
    await at.arbiter('start', '--once');
    assert.match((await at.arbiter('tasks')).stdout, /done +jsonl-parser +one/);
    assert.match((await at.arbiter('ledger', 'log')).stdout, /done +jsonl-parser +one/);
    assert.match((await at.arbiter('show', 'one')).stdout, /outcome +done/);
    assert.match((await at.arbiter('plugin', 'list')).stdout, /git-inspector +\S+ +acquisition/);
    assert.match((await at.arbiter('plugin', 'info', 'file-writer')).stdout, /workspace +a private copy/);
    const missing = await at.arbiter('show', 'nobody');
    assert.equal(missing.status, 3);
    assert.match(missing.stderr, /TASK_NOT_FOUND/);
  });

  it('removes finished files when asked', async () => {
    at.drop('a.jsonl', [{ tool: 'jsonl-parser', input: { text: '1' } }]);
    await at.arbiter('start', '--once');
    assert.equal(
      JSON.parse((await at.arbiter('gc', '--json')).stdout).removed.filter((path: string) => path.includes('/done/'))
        .length,
      0,
    );
    const removed = JSON.parse((await at.arbiter('gc', '--older-than', '0', '--json')).stdout).removed;
    assert.ok(removed.length >= 2);
    assert.deepEqual(readdirSync(at.home.done), []);
    assert.equal((await at.arbiter('ledger', 'verify')).status, 0);
  });

  it('examines the machine and the home, and passes on what plugins are warned of', async () => {
    const old = fileURLToPath(new URL('./fixtures/plugin.v1/1.0.0/upper-case', import.meta.url));
    cpSync(old, join(at.home.plugins, 'upper-case'), { recursive: true });

    const { stdout } = await at.arbiter('doctor', '--json');

    const { findings } = JSON.parse(stdout) as { findings: { what: string; ok: boolean; detail: string }[] };
    for (const what of ['settings', 'plugins', 'decision tables', 'diagram'])
      assert.equal(findings.find((finding) => finding.what === what)?.ok, true, what);
    const warnings = findings.filter(
      ({ what, ok, detail }) => what === 'plugins' && ok && detail.includes('DEPRECATED'),
    );
    assert.equal(warnings.length, 3);
  });

  it('prints completion for a shell', async () => {
    const { status, stdout } = await at.arbiter('complete', 'bash');
    assert.equal(status, 0);
    assert.match(stdout, /complete .*arbiter/);
  });

  it('refuses an older Node in a sentence', function () {
    const old = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path) && isOlder(path));
    if (!old) {
      console.log('      skipped: this machine has no Node older than 22.18');
      this.skip();
    }
    const { status, stderr } = spawnSync(old, [fileURLToPath(new URL('../cli/bin.js', import.meta.url)), 'tasks'], {
      encoding: 'utf8',
    });
    assert.equal(status, 3);
    assert.match(stderr, /^Arbiter needs Node 22\.18 or newer; this is \d+\.\d+\.\d+\./);
    assert.equal(stderr.trim().split('\n').length, 1);
  });
});

function isOlder(node: string): boolean {
  const major = Number(spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.split('.')[0]);
  return major < 22;
}

/** A plugin of the home that ends as soon as it is asked to work. */
function writeDying(folder: string): void {
  const spec = {
    schema: 'plugin.v1',
    id: 'dying',
    version: '1.0.0',
    category: 'transformation',
    description: 'Ends.',
    entry: { file: 'dying.sh', runtime: 'executable' },
    tools: { die: { description: 'Ends.', deterministic: true, input: { type: 'object' }, output: {} } },
  };
  const ready = '{"jsonrpc":"2.0","id":1,"result":{"protocol":"protocol.v1","tools":["die"]}}';
  writePlugin(folder, spec, `#!/bin/sh\nread -r line\necho '${ready}'\nread -r line\nexit 3\n`);
}

/** A plugin of the home whose one tool never answers. */
function copyPlugin(folder: string): void {
  const spec = {
    schema: 'plugin.v1',
    id: 'sleeper',
    version: '1.0.0',
    category: 'transformation',
    description: 'Never answers.',
    entry: { file: 'plugin.cjs', runtime: 'node' },
    tools: {
      'sleep-for-ever': { description: 'Never answers.', deterministic: true, input: { type: 'object' }, output: {} },
    },
  };
  const program = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (method === 'initialize') console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { protocol: 'protocol.v1', tools: ['sleep-for-ever'] } }));
});`;
  writePlugin(folder, spec, program);
}
