// arbiter plugin install: shows, asks, and puts a plugin into the home, whole or not at all.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import { newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { syncPlugin } from '../pdk/sync/sync-plugin.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('arbiter plugin install', () => {
  let at: TemporaryHome;
  let folder: string;

  beforeEach(async () => {
    at = temporaryHome();
    mkdirSync(join(at.place, 'made'));
    const dir = join(at.place, 'made');
    folder = await newPlugin({ name: 'word-count', category: 'transformation', language: 'bash', dir });
  });

  afterEach(() => at.remove());

  const install = (...args: string[]) => at.arbiter('plugin', 'install', ...args);

  async function change(how: (spec: PluginSpec) => void): Promise<void> {
    const path = join(folder, 'plugin.spec.json');
    const spec = JSON.parse(readFileSync(path, 'utf8'));
    how(spec);
    writeFileSync(path, JSON.stringify(spec));
    await syncPlugin(folder);
  }

  async function tarball(name: string, from: string, files: readonly string[]): Promise<string> {
    const file = join(at.place, name);
    await create({ file, cwd: from, gzip: true, prefix: 'package' }, [...files]);
    return file;
  }

  it('shows what a plugin may do, and installs nothing that nobody said yes to', async () => {
    const { status, stderr } = await install(folder);

    assert.equal(status, 3);
    assert.match(stderr, /word-count 0\.1\.0: Counts words/);
    assert.match(stderr, / {2}is a transformation: sees no workspace\n/);
    assert.match(stderr, / {2}it has no certificate\n/);
    assert.match(stderr, /word-count was not installed: there is no terminal to ask on\..*\n.*\n.*with --yes/);
    assert.deepEqual(readdirSync(at.home.plugins), []);
  });

  it('takes a tarball as npm makes it, leaves out what does not belong, and the plugin runs', async () => {
    mkdirSync(join(folder, 'node_modules/other'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/other/index.js'), '');
    const file = await tarball('word-count-0.1.0.tgz', folder, readdirSync(folder));

    const { status, stdout, stderr } = await install(file, '--yes', '--json');

    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(stdout).folder, join(at.home.plugins, 'word-count'));
    assert.ok(!existsSync(join(at.home.plugins, 'word-count/node_modules')));
    assert.deepEqual(
      readdirSync(at.home.run).filter((name) => name.startsWith('install-')),
      [],
    );
    at.drop('a.jsonl', [{ tool: 'word-count', input: { text: 'one two' } }]);
    await at.arbiter('start', '--once');
    assert.deepEqual(at.results('a.jsonl')[0]?.output, { words: 2, lines: 0 });
    assert.match((await at.arbiter('ledger', 'log')).stdout, /installed/);
    assert.match((await install(file)).stdout, /word-count is installed as it is here/);
  });

  it('asks again for a version that asks for more, and says what', async () => {
    await install(folder, '--yes');
    await change((spec) => {
      spec.version = '0.2.0';
      spec.grants = { kernel: ['submit', 'log'] };
    });

    const refused = await install(folder, '--yes');
    assert.equal(refused.status, 3);
    assert.match(
      refused.stderr,
      /It asks for more than the version that is installed:\n {2}calls the kernel: submit\n {2}calls the kernel: log\n/,
    );
    assert.match(refused.stderr, /with --yes --accept-more/);
    assert.match((await at.arbiter('plugin', 'list')).stdout, /word-count +0\.1\.0/);

    assert.equal((await install(folder, '--yes', '--accept-more')).status, 0);
    assert.match((await at.arbiter('plugin', 'list')).stdout, /word-count +0\.2\.0/);

    await change((spec) => {
      spec.version = '0.3.0';
      spec.grants = { kernel: ['log'] };
    });
    assert.equal((await install(folder, '--yes')).status, 0);
  });

  it('says when a plugin takes a tool over from another', async () => {
    await change((spec) => {
      spec.tools = { 'jsonl-parser': spec.tools['word-count']! };
    });

    assert.match((await install(folder)).stderr, / {2}takes the tool jsonl-parser over from task-parser\n/);
  });

  it('refuses tarballs that are none, hold no plugin, or lead out', async () => {
    const refused = async (source: string, why: RegExp) => {
      const { status, stderr } = await install(source, '--yes');
      assert.equal(status, 3, stderr);
      assert.match(stderr, why);
    };
    const text = join(at.place, 'text.tgz');
    writeFileSync(text, 'no tarball');
    const empty = join(at.place, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'a.txt'), '');
    symlinkSync('/etc/passwd', join(folder, 'healthcheck'));

    await refused(join(at.place, 'nowhere'), /cannot be installed: there is nothing\. *\n/);
    await refused(text, /cannot be installed: it is no tarball: /);
    await refused(empty, /cannot be installed: it has no plugin\.spec\.json/);
    await refused(await tarball('none.tgz', empty, ['a.txt']), /cannot be installed: it has no plugin\.spec\.json/);
    await refused(
      await tarball('link.tgz', folder, readdirSync(folder)),
      /cannot be installed: package\/healthcheck is a SymbolicLink/,
    );
    rmSync(join(folder, 'healthcheck'));
    writeFileSync(join(at.place, 'outside'), '');
    const file = join(at.place, 'out.tgz');
    await create({ file, cwd: folder, gzip: true, preservePaths: true }, ['../../outside', ...readdirSync(folder)]);
    await refused(file, /cannot be installed: \.\.\/\.\.\/outside leads out of it/);
    assert.deepEqual(readdirSync(at.home.plugins), []);
  });

  it('refuses a plugin whose digests are not true', async () => {
    writeFileSync(join(folder, 'src/plugin.sh'), '#!/bin/bash\n');

    const { status, stderr } = await install(folder, '--yes');

    assert.equal(status, 3);
    assert.match(stderr, /PLUGIN_TAMPERED/);
    assert.deepEqual(readdirSync(at.home.plugins), []);
  });
});
