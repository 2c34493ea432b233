// Real boxes. Where a machine cannot build one, that is said and its tests are left out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import { digestOf } from '../../ledger/digest.ts';
import { loadPlugin } from '../loader/load-plugin.ts';
import type { LoadedPlugin } from '../loader/plugin.ts';
import { packageRoot } from '../version.ts';
import { sandboxes, skipWhereLacking } from './fixtures/boxes.ts';
import { roomyLimits, unheard } from './fixtures/start-misbehaving.ts';
import { type Host, newHost } from './host.ts';
import type { Boxer, Launch } from './launch/box.ts';
import { bubblewrap, bubblewrapFiltered } from './launch/bubblewrap.ts';
import { runsAsRoot } from './launch/stage.ts';
import { utilLinux } from './launch/util-linux.ts';
import { type ProbeResult, probe } from './probes/probe.ts';
import { chooseSandbox, tryAll } from './sandbox.ts';

const fileWriter = fileURLToPath(new URL('plugins/state-change/file-writer', packageRoot));
const misbehaving = fileURLToPath(new URL('./fixtures/misbehaving-plugin.mjs', import.meta.url));
const limits: CategoryBudget = { ...roomyLimits, fileMb: 1 };
const escaped = (probes: readonly ProbeResult[]) =>
  probes.filter(({ contained }) => !contained).map(({ name }) => name);

for (const boxer of sandboxes)
  describe(`${boxer.level} boxes by ${boxer.by}`, () => {
    let folder: string;
    let workspace: string;
    let host: Host;

    before(function () {
      skipWhereLacking(this, boxer);
    });

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
      // Open, so that what keeps a plugin out is the box.
      chmodSync(folder, 0o777);
      writeFileSync(join(folder, 'secret.txt'), 'secret');
      workspace = join(folder, 'workspace');
      mkdirSync(join(workspace, 'home'), { recursive: true });
      writeFileSync(join(workspace, 'inside.txt'), 'inside');
      writeFileSync(join(workspace, 'home', 'arbiter.yaml'), 'secret');
      if (boxer.user !== null) chownSync(workspace, boxer.user, boxer.user);
      host = newHost({ boxer: boxer, limitsOf: () => limits, network: undefined, graceMs: 200 });
    });

    afterEach(async () => {
      await host.stop(0);
      rmSync(folder, { recursive: true });
    });

    /** The file writer; with `program` in the place of its own. */
    function plugin(program?: string): LoadedPlugin {
      const copy = join(folder, 'file-writer');
      cpSync(fileWriter, copy, { recursive: true });
      if (program !== undefined) {
        cpSync(program, join(copy, 'dist/plugin.js'));
        const manifest = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8'));
        manifest.files['dist/plugin.js'] = digestOf(readFileSync(program));
        writeFileSync(join(copy, 'manifest.json'), JSON.stringify(manifest));
      }
      return loadPlugin(copy, join(folder, 'store'), {});
    }

    function execute(loaded: LoadedPlugin, tool: string, input: Record<string, unknown>): Promise<unknown> {
      return host.execute({
        ...{
          plugin: loaded,
          tool,
          input,
          workspace: { path: workspace, hidden: 'home', private: false, layers: null },
        },
        ...{ whatIf: false, now: '2026-01-01T00:00:00Z', traceparent: '', timeoutMs: 20_000 },
        ...{ signal: new AbortController().signal, ...unheard },
      });
    }

    it('contain every probe', async () => {
      const probes = await probe(boxer);

      assert.deepEqual(escaped(probes), []);
      assert.ok(probes.length >= 13);
    });

    it('contain every probe whatever the umask', async () => {
      const umask = process.umask(0o077);
      try {
        assert.deepEqual(escaped(await probe(boxer)), []);
      } finally {
        process.umask(umask);
      }
    });

    it('let the file writer write in its workspace', async () => {
      await execute(plugin(), 'file-writer', { path: 'new.txt', content: 'new' });

      assert.equal(readFileSync(join(workspace, 'new.txt'), 'utf8'), 'new');
    });

    it('show a file writer nothing outside of its workspace, nor the home in it', async () => {
      const spy = plugin(misbehaving);
      const read = (path: string) => execute(spy, 'read-file', { path });

      assert.deepEqual(await read('/workspace/inside.txt'), { content: 'inside' });
      assert.deepEqual(await read(join(folder, 'secret.txt')), { code: 'ENOENT' });
      assert.deepEqual(await read('/workspace/../secret.txt'), { code: 'ENOENT' });
      assert.deepEqual(await read('/workspace/home/arbiter.yaml'), { code: 'ENOENT' });
      assert.deepEqual(await read(misbehaving), { code: 'ENOENT' });
      assert.deepEqual(await read('/etc/hostname'), { code: 'ENOENT' });
    });

    it('start in the workspace, which has a name of its own inside', async () => {
      const { workspace: named, folder: at } = (await execute(plugin(misbehaving), 'where', {})) as Record<
        string,
        string
      >;

      assert.deepEqual([named, at], ['/workspace', '/workspace']);
    });

    it('end with all that is in them', async () => {
      const error = await execute(plugin(misbehaving), 'leave-a-grandchild', {}).catch(
        (thrown: { code: string }) => thrown,
      );

      assert.equal((error as { code: string }).code, 'PLUGIN_DIED');
      assert.equal(await processesSeeing(workspace), 0);
    });
  });

/** How many processes have something below `folder` mounted: those in a box do. */
async function processesSeeing(folder: string): Promise<number> {
  const script = `cat /proc/[0-9]*/mountinfo 2>/dev/null | grep -c -- "$0"`;
  return Number(spawnSync('/bin/sh', ['-c', script, folder], { encoding: 'utf8' }).stdout);
}

describe('the choice of a sandbox', () => {
  it('takes the first that proves itself, and tells how the others did', async function () {
    skipWhereLacking(this, bubblewrap);

    const [chosen, all] = [await chooseSandbox('auto'), await tryAll()];

    assert.equal(chosen.boxer, bubblewrapFiltered ?? bubblewrap);
    assert.equal(chosen.proven, true);
    assert.deepEqual(all.map(({ boxer }) => `${boxer.level} by ${boxer.by}`).slice(-2), [
      'namespaces by bubblewrap',
      'namespaces by util-linux',
    ]);
  });

  it('takes a plain child process only when asked for it by name, and never calls it proven', async () => {
    const { boxer, proven } = await chooseSandbox('process');

    assert.equal(boxer.by, 'child process');
    assert.equal(proven, false);
  });

  it('notices a box that does not start', async () => {
    const broken = weakened(() => ['false']);
    const [result] = await probe(broken);

    assert.deepEqual([result?.name, result?.contained], ['start a box', false]);
  });

  it('notices a box that shows what it should not, or lets out', async function () {
    skipWhereLacking(this, bubblewrap);
    const ahead =
      (name: string, ...more: string[]) =>
      (command: string[]) =>
        command.toSpliced(command.indexOf(name), 0, ...more);
    const last =
      (...more: string[]) =>
      (command: string[]) =>
        command.toSpliced(command.lastIndexOf('--remount-ro'), 0, ...more);
    const weak: [string, (command: string[]) => string[]][] = [
      ['see other folders', ahead('--ro-bind', '--ro-bind', '/', '/whole')],
      ['read a file outside', last('--ro-bind', tmpdir(), tmpdir())],
      ['write a file outside', last('--bind', tmpdir(), tmpdir())],
      ['connect to loopback', ahead('--die-with-parent', '--share-net')],
      ['write to the plugin', (command) => command.with(command.indexOf('/plugin') - 2, '--bind')],
      ['read the environment of the kernel', last('--setenv', 'SECRET', 'x')],
    ];
    if (runsAsRoot()) console.log('      as root the workspace is read-only below the box too');
    else
      weak.push([
        'write to a read-only workspace',
        (command) => command.with(command.indexOf('/workspace') - 2, '--bind'),
      ]);
    for (const [name, weaken] of weak)
      assert.ok(
        escaped(await probe(weakened(weaken))).some((one) => one.endsWith(name)),
        name,
      );
  });
});

describe('what is not dispatched', () => {
  const shares = (command: string[]) => command.toSpliced(command.indexOf('--die-with-parent'), 0, '--share-net');

  it('is anything, when a box is built and something gets out of it', async function () {
    skipWhereLacking(this, bubblewrap);

    await assert.rejects(chooseSandbox('auto', [weakened(shares), utilLinux]), {
      code: 'ISOLATION_BROKEN',
      message: /^The sandbox namespaces by bubblewrap does not hold on this machine: .*connect to loopback: succeeded/,
    });
  });

  it('is anything, when no box can be built', async () => {
    const none = weakened(() => ['false']);
    await assert.rejects(chooseSandbox('auto', [none, none]), {
      code: 'ISOLATION_UNAVAILABLE',
      message: /namespaces by bubblewrap: start a box: it ended with code 1/,
    });
  });

  it('is decided anew when the box is another, and kept when it is the same', async function () {
    skipWhereLacking(this, bubblewrap);
    const runtime = process.env.XDG_RUNTIME_DIR;
    const folder = mkdtempSync(join(tmpdir(), 'runtime-'));
    process.env.XDG_RUNTIME_DIR = folder;
    try {
      const first = await chooseSandbox('auto', [bubblewrap]);
      const second = await chooseSandbox('auto', [bubblewrap]);
      assert.equal(second.provenAt, first.provenAt);
      assert.deepEqual(second.probes, first.probes);
      await assert.rejects(chooseSandbox('auto', [weakened(shares)]), { code: 'ISOLATION_BROKEN' });
    } finally {
      if (runtime === undefined) delete process.env.XDG_RUNTIME_DIR;
      else process.env.XDG_RUNTIME_DIR = runtime;
      rmSync(folder, { recursive: true });
    }
  });
});

/** Bubblewrap with another command line. */
function weakened(weaken: (command: string[]) => string[]): Boxer {
  return {
    ...bubblewrap,
    launch(box): Launch {
      const launch = bubblewrap.launch(box);
      return { ...launch, command: weaken([...launch.command]) };
    },
  };
}
