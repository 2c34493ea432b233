// The matrix of kernels and Nodes, and the table that comes of it.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { git } from '../kernel/safety/git.ts';

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

describe('The compatibility matrix', () => {
  let place: string;

  beforeEach(() => {
    place = realpathSync(mkdtempSync(join(tmpdir(), 'compatibility-')));
  });

  afterEach(() => rmSync(place, { recursive: true }));

  it('tries every release that can try plugins by itself, oldest first, and the present commit', async () => {
    const commit = async (file: string) => {
      writeFileSync(join(place, file), '');
      await git(place, ['add', '.']);
      await git(place, ['-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', 'commit', '--quiet', '-m', file]);
    };
    await git(place, ['init', '--quiet']);
    await commit('README.md');
    await git(place, ['tag', 'v0.1.0']);
    await commit('action.yml');
    for (const tag of ['v0.10.0', 'v0.9.0', 'other']) await git(place, ['tag', tag]);

    const { stdout } = await execa(process.execPath, [script('list-kernels.ts')], { cwd: place });

    const head = await git(place, ['rev-parse', 'HEAD']);
    const [kernels = '', nodes] = stdout.split('\n');
    assert.deepEqual(JSON.parse(kernels.replace('kernels=', '')), [
      { name: 'v0.9.0', ref: 'v0.9.0' },
      { name: 'v0.10.0', ref: 'v0.10.0' },
      { name: 'present', ref: head },
    ]);
    assert.equal(nodes, 'nodes=[22,24,26]');
  });

  it('becomes a table, whose exit says whether all is well', async () => {
    const report = (kernel: string, node: number, verdicts: object[]) => {
      const folder = join(place, `compatibility ${kernel} ${node}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'conformance.json'), JSON.stringify({ verdicts }));
    };
    const reached = (plugin: string, level: string | null, detail?: string) => ({
      ...{ plugin, reached: level, cases: [{ id: 'L0/digests', detail }] },
    });
    const table = (...kernels: string[]) => {
      const names = JSON.stringify(kernels.map((name) => ({ name })));
      const args = [script('compatibility-table.ts'), place, names, '[22,24]'];
      return execa(process.execPath, args, { reject: false });
    };
    report('present', 22, [reached('two', 'L3'), reached('one', 'L4')]);
    report('present', 24, [reached('one', 'L3'), reached('two', null, 'asks for a kernel >=2 (PLUGIN_KERNEL_RANGE)')]);
    report('v0.1.0', 22, [reached('one', null), reached('two', 'L2')]);

    const present = await table('present');
    const all = await table('v0.1.0', 'present');

    assert.equal(
      present.stdout,
      '| plugin | present, Node 22 | present, Node 24 |\n| --- | --- | --- |\n| one | L4 | L3 |\n| two | L3 | not for it |',
    );
    assert.deepEqual([present.exitCode, all.exitCode], [0, 1]);
    assert.match(all.stdout, /^\| one \| nothing \| no report \| L4 \| L3 \|$/m);
  });

  it('is no table of nothing', async () => {
    const { exitCode } = await execa(process.execPath, [script('compatibility-table.ts'), place, '[]', '[22]'], {
      reject: false,
    });

    assert.equal(exitCode, 1);
  });
});
