import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from '../../ledger/digest.ts';
import { packageRoot } from '../version.ts';
import { findPlugins } from './find-plugins.ts';

const own = fileURLToPath(new URL('plugins', packageRoot));

let folder: string;
let home: string;

/** Installs the task parser below the home, changed; gives its folder. */
function install(at: string, change: (spec: Record<string, unknown>) => void = () => undefined): string {
  const target = join(home, at);
  cpSync(join(own, 'transformation/task-parser'), target, { recursive: true });
  const spec = JSON.parse(readFileSync(join(target, 'plugin.spec.json'), 'utf8'));
  change(spec);
  writeFileSync(join(target, 'plugin.spec.json'), JSON.stringify(spec));
  const manifest = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'));
  manifest.files['plugin.spec.json'] = digestOf(readFileSync(join(target, 'plugin.spec.json')));
  manifest.id = spec.id;
  writeFileSync(join(target, 'manifest.json'), JSON.stringify(manifest));
  return target;
}

const find = (settings = {}) => findPlugins([own, home], join(folder, 'store'), settings);

describe('finding plugins', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'find-plugins-'));
    home = join(folder, 'plugins');
    mkdirSync(home);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds the five of the package, and who offers which tool', () => {
    const plugins = find();

    assert.deepEqual([...plugins.byId.keys()].sort(), [
      'branch-router',
      'contract-validator',
      'file-writer',
      'git-inspector',
      'task-parser',
    ]);
    assert.equal(plugins.ownerOf('git-log'), 'git-inspector');
    assert.equal(plugins.ownerOf('nothing'), null);
    assert.deepEqual(plugins.tools, [...plugins.tools].sort());
    assert.deepEqual(plugins.refused, []);
  });

  it('passes over roots that are not there', () => {
    assert.equal(findPlugins([join(folder, 'nowhere')], null, {}).byId.size, 0);
  });

  it('finds a plugin below a category and beside the categories', () => {
    install('my-parser', (spec) => {
      spec.id = 'my-parser';
    });
    install('transformation/another', (spec) => {
      spec.id = 'another';
    });

    const { byId } = find();

    assert.ok(byId.has('my-parser'));
    assert.ok(byId.has('another'));
  });

  it('lets a plugin of the home win over the package', () => {
    const folderOfOurs = install('transformation/task-parser');

    const plugins = find();

    assert.equal(plugins.byId.size, 5);
    assert.equal(plugins.byId.get('task-parser')?.folder, folderOfOurs);
  });

  it('lets a plugin of the home win over the package where only a tool is the same', () => {
    install('acquisition/git-inspector', (spec) => {
      spec.id = 'git-inspector';
      spec.tools = { 'jsonl-parser': (spec.tools as Record<string, unknown>)['jsonl-parser'] };
    });

    const plugins = find();

    assert.equal(plugins.ownerOf('jsonl-parser'), 'git-inspector');
    assert.equal(plugins.ownerOf('task-validator'), 'task-parser');
    assert.equal(plugins.ownerOf('git-log'), null);
  });

  it('refuses the second of two plugins with one id below one root', () => {
    const first = install('a/task-parser');
    const second = install('b/task-parser');

    const { byId, refused } = find();

    assert.equal(byId.get('task-parser')?.folder, first);
    assert.deepEqual(
      refused.map(({ folder: at, error }) => [at, error.code, error.message]),
      [[second, 'PLUGIN_DUPLICATE', `Two plugins are called task-parser: ${first} and ${second}.`]],
    );
  });

  it('lists what it refuses, lets none of that name run in its stead, and goes on with the others', () => {
    const broken = install('x/task-parser');
    writeFileSync(join(broken, 'dist/plugin.js'), 'changed');

    const { byId, refused } = find();

    assert.deepEqual(
      refused.map(({ folder: at, error }) => [at, error.code]),
      [[broken, 'PLUGIN_TAMPERED']],
    );
    assert.equal(byId.size, 4);
    assert.equal(byId.has('task-parser'), false);
  });

  it('gives a plugin the settings of its id, whatever its folder is called', () => {
    install('x/renamed', (spec) => {
      spec.settings = { type: 'object', properties: { lines: { type: 'integer' } } };
    });

    const { byId } = find({ 'task-parser': { lines: 3 } });

    assert.deepEqual(byId.get('task-parser')?.settings, { lines: 3 });
  });
});
