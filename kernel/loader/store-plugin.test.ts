import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storePlugin } from './store-plugin.ts';

let folder: string;
let plugin: string;
let target: string;

describe('the plugin store', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-plugin-'));
    plugin = join(folder, 'plugin');
    target = join(folder, 'store', 'sha256-00');
    mkdirSync(join(plugin, 'dist'), { recursive: true });
    writeFileSync(join(plugin, 'dist', 'plugin.js'), 'runs');
    writeFileSync(join(plugin, 'README.md'), 'does not run');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps the files named, and no others', () => {
    assert.equal(storePlugin(plugin, ['dist/plugin.js'], target), target);

    assert.equal(readFileSync(join(target, 'dist/plugin.js'), 'utf8'), 'runs');
    assert.deepEqual(readdirSync(target), ['dist']);
    assert.deepEqual(readdirSync(join(folder, 'store')), ['sha256-00']);
  });

  it('does not follow later changes', () => {
    storePlugin(plugin, ['dist/plugin.js'], target);
    writeFileSync(join(plugin, 'dist', 'plugin.js'), 'changed');

    storePlugin(plugin, ['dist/plugin.js'], target);

    assert.equal(readFileSync(join(target, 'dist/plugin.js'), 'utf8'), 'runs');
  });

  it('never shows a half copy', () => {
    assert.throws(() => storePlugin(plugin, ['dist/plugin.js', 'missing'], target), { code: 'ENOENT' });
    assert.equal(existsSync(target), false);

    storePlugin(plugin, ['dist/plugin.js'], target);
    assert.deepEqual(readdirSync(join(folder, 'store')), ['sha256-00']);
  });
});
