// The host with plain child processes: which process serves which task. What a box contains is in sandbox.test.ts.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { LoadedPlugin } from '../loader/plugin.ts';
import { launchOf, roomyLimits, unheard } from './fixtures/start-misbehaving.ts';
import { type Execution, type Host, newHost, type ShownFolder } from './host.ts';
import type { Boxer } from './launch/box.ts';
import { Interrupted } from './talk/conversation.ts';

const program = fileURLToPath(new URL('./fixtures/misbehaving-plugin.mjs', import.meta.url));
let folder: string;
let host: Host;

/** No box at all: the fixture, told by `atStart` how to behave, in the workspace. Notes each pid in a file. */
function boxer(atStart = ''): Boxer {
  const script = 'echo $$ >> "$1"; cd "$2"; exec "$3" "$4" "$5"';
  return {
    ...{ level: 'process', by: 'child process', reusable: true, user: null },
    inside: (source) => source,
    launch: ({ workspace }) => {
      const start = workspace === null || workspace === 'late' ? folder : workspace.source;
      const pids = join(folder, 'pids');
      return launchOf(['/bin/sh', '-c', script, 'sh', pids, start, process.execPath, program, atStart]);
    },
  };
}

function pluginOf(category: PluginSpec['category'], concurrency = { processes: 2, pipeline: 1 }): LoadedPlugin {
  const spec = { id: 'odd', category, concurrency, entry: { file: 'plugin.js', runtime: 'node' }, tools: {} };
  return {
    spec: spec as unknown as PluginSpec,
    ...{ folder: '', storeFolder: '', digest: 'sha256:00', files: {}, tools: new Map() },
    ...{ settings: {}, settingsDigest: 'sha256:00', certification: { state: 'none' }, warnings: [] },
  };
}

function execution(category: PluginSpec['category'], options: Partial<Execution> = {}): Execution {
  return {
    plugin: pluginOf(category),
    ...{ tool: 'where', input: {}, workspace: null, whatIf: false, traceparent: '', now: '2026-01-01T00:00:00Z' },
    ...{ timeoutMs: 20_000, signal: new AbortController().signal, ...unheard },
    ...options,
  };
}

const where = async (one: Execution) => (await host.execute(one)) as { workspace: string; folder: string; pid: number };

function workspace(name: string): ShownFolder {
  mkdirSync(join(folder, name), { recursive: true });
  return { path: join(folder, name), hidden: null, private: false, layers: null };
}

/** Pids of all processes that were started and still run. */
function alive(): string[] {
  const file = join(folder, 'pids');
  const pids = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return pids.filter((pid) => {
    try {
      return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  });
}

describe('the host', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'host-'));
    writeFileSync(join(folder, 'pids'), '');
    host = newHost({ boxer: boxer(), limitsOf: () => roomyLimits, network: undefined, graceMs: 20 });
  });

  afterEach(async () => {
    await host.stop(0);
    assert.deepEqual(alive(), []);
    rmSync(folder, { recursive: true });
  });

  it('lets any task of a transformation or an orchestration use a warm process', async () => {
    for (const category of ['transformation', 'orchestration'] as const) {
      const first = await where(execution(category));
      const second = await where(execution(category));
      assert.equal(first.pid, second.pid, category);
      assert.equal(first.workspace, null);
    }
  });

  it('lets tasks on one workspace share a process where they only read', async () => {
    for (const category of ['acquisition', 'validation'] as const) {
      const [a, b] = [workspace(`${category}-a`), workspace(`${category}-b`)];

      const first = await where(execution(category, { workspace: a }));
      const same = await where(execution(category, { workspace: a }));
      const other = await where(execution(category, { workspace: b }));

      assert.equal(first.pid, same.pid, category);
      assert.notEqual(first.pid, other.pid, category);
      assert.equal(first.workspace, a.path);
      assert.equal(other.folder, b.path);
    }
  });

  it('gives each state change a process of its own, which is gone afterwards', async () => {
    const options = { workspace: workspace('copy') };

    const first = await where(execution('state-change', options));
    assert.equal(alive().includes(`${first.pid}`), false);
    const second = await where(execution('state-change', options));

    assert.notEqual(first.pid, second.pid);
    assert.equal(alive().includes(`${second.pid}`), false);
  });

  it('has the process for the next state change waiting', async () => {
    const options = { workspace: workspace('copy') };
    await where(execution('state-change', options));
    const waiting = await started(2);

    const { pid } = await where(execution('state-change', options));

    assert.equal(`${pid}`, waiting[1]);
  });

  it('gives what only one task may see to a process of its own', async () => {
    const options = { workspace: { ...workspace('copy'), private: true } };

    const first = await where(execution('validation', options));
    const second = await where(execution('validation', options));

    assert.notEqual(first.pid, second.pid);
  });

  it('leaves no process of a state change that failed', async () => {
    const options = { workspace: workspace('copy'), tool: 'garbage' };
    await assert.rejects(host.execute(execution('state-change', options)), { code: 'PLUGIN_PROTOCOL' });
    await host.stop(0);
    assert.deepEqual(alive(), []);
  });

  it('blames a plugin that breaks the protocol before its first task, of whatever category', async () => {
    host = newHost({ boxer: boxer('chatty'), limitsOf: () => roomyLimits, network: undefined, graceMs: 20 });
    for (const category of ['state-change', 'transformation', 'validation'] as const)
      await assert.rejects(
        host.execute(execution(category)),
        { name: 'ArbiterError', code: 'PLUGIN_PROTOCOL', message: /: the line is not JSON: .* It sent: "ready"$/ },
        category,
      );
  });

  it('leaves no process of a plugin that refuses to start', async () => {
    host = newHost({ boxer: boxer('refuse'), limitsOf: () => roomyLimits, network: undefined, graceMs: 20 });
    for (const category of ['state-change', 'transformation'] as const)
      await assert.rejects(host.execute(execution(category)), { message: 'initialize failed: it needs a key.' });
    assert.deepEqual(alive(), []);
  });

  it('ends what runs when it is stopped, and blames nobody', async () => {
    const running = (['state-change', 'transformation', 'acquisition'] as const).map((category) => {
      const options = {
        tool: 'silence-once',
        input: { marker: join(folder, `${category}.marker`) },
        workspace: workspace(category),
      };
      return assert.rejects(host.execute(execution(category, options)), Interrupted, category);
    });
    await there('state-change', 'transformation', 'acquisition');

    await host.stop(0);

    await Promise.all(running);
  });
});

/** Waits until so many processes have been started, and gives their pids. */
async function started(count: number): Promise<string[]> {
  for (;;) {
    const pids = readFileSync(join(folder, 'pids'), 'utf8').split('\n').filter(Boolean);
    if (pids.length >= count) return pids;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits until tasks of these names run. */
async function there(...names: string[]): Promise<void> {
  const paths = names.map((name) => join(folder, `${name}.marker`));
  while (!paths.every((path) => existsSync(path))) await new Promise((resolve) => setImmediate(resolve));
}
