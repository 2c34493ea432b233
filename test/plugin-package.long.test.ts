// A plugin as an npm package: what npm packs of it, what is published, and that it installs and runs.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { unpack } from '../cli/plugin/unpack.ts';
import { type Language, languages, newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { syncPlugin } from '../pdk/sync/sync-plugin.ts';
import { type NpmRegistry, startRegistry } from './npm-registry.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const programs: Record<Language, string> = {
  ts: 'dist/plugin.js',
  js: 'dist/plugin.js',
  python: 'src/plugin.py',
  bash: 'src/plugin.sh',
};

const guide = readFileSync(new URL('../docs/plugin-ci.md', import.meta.url), 'utf8');

describe('A plugin as a package', () => {
  let at: TemporaryHome;
  let registry: NpmRegistry;

  before(async () => {
    registry = await startRegistry();
    Object.assign(process.env, registry.env);
  });

  after(async () => {
    for (const name of Object.keys(registry.env)) delete process.env[name];
    await registry.close();
  });

  beforeEach(() => {
    at = temporaryHome();
    mkdirSync(join(at.place, 'made'));
  });

  afterEach(() => at.remove());

  const made = (name: string, language: Language) =>
    newPlugin({ name, category: 'transformation', language, dir: join(at.place, 'made') });

  for (const language of languages)
    it(`has all that ${language} needs, and nothing else that lies there`, async () => {
      const folder = await made('word-count', language);
      for (const file of ['.env', 'ada.key.pem', 'src/draft.txt', 'certificate.json', 'policy_snapshot.json'])
        writeFileSync(join(folder, file), '{}');

      const { stdout } = await execa('npm', ['pack', '--json', '--dry-run'], { cwd: folder });

      const [packed] = Object.values(JSON.parse(stdout)) as [{ files: { path: string }[] }];
      assert.deepEqual(
        packed.files.map(({ path }) => path).sort(),
        [
          ...['README_PLUGIN.md', 'certificate.json', 'conformance/golden/empty.json'],
          ...['conformance/golden/two-lines.json', 'conformance/word-count.feature', programs[language]],
          ...['healthcheck.md', 'ledger_contract.json', 'manifest.json', 'package.json', 'plugin.spec.json'],
          'policy_snapshot.json',
        ].sort(),
      );
      const { scripts, keywords } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      assert.deepEqual([scripts, keywords], [undefined, ['arbiter-plugin', 'transformation']]);
    });

  it('is made, certified, packed, installed, published and found by its name, as docs/plugin-ci.md says, and does a task', async () => {
    const blocks = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block as string);
    // npx would look for a package; here it is this repository.
    const script = `set -e\nnpx() { shift; '${process.execPath}' '${at.bin}' "$@"; }\n${blocks.join('')}`;
    const env = { REGISTRY: registry.url, XDG_STATE_HOME: join(at.place, 'state') };

    const { exitCode, all } = await execa('bash', ['-c', script], {
      ...{ cwd: join(at.place, 'made'), env, all: true, reject: false, stdin: 'ignore' },
    });

    assert.equal(exitCode, 0, all);
    assert.match(all, / {2}certified at L0 by ada\n[\s\S]*Installed word-count 0\.1\.0 in /);
    assert.match(
      all,
      /\nPublished word-count 0\.1\.0, certified at L0 by ada\.\nword-count is installed as it is here\.$/,
    );
    assert.deepEqual([...registry.published.keys()], ['word-count@0.1.0']);
    const installed = join(at.place, 'made/home/plugins/word-count');
    for (const file of ['certificate.json', 'README_PLUGIN.md', 'healthcheck.md', 'conformance/word-count.feature'])
      assert.ok(existsSync(join(installed, file)), file);
    cpSync(installed, join(at.home.plugins, 'word-count'), { recursive: true });
    at.drop('a.jsonl', [{ tool: 'word-count', input: { text: 'one two' } }]);
    await at.arbiter('start', '--once');
    assert.deepEqual(at.results('a.jsonl')[0]?.output, { words: 2, lines: 0 });
  });

  it('is not published without a certificate', async () => {
    const folder = await made('tea-count', 'bash');

    const { status, stderr } = await at.arbiter('plugin', 'publish', folder, '--registry', registry.url);

    assert.equal(status, 3);
    assert.match(stderr, /tea-count was not published: it has no certificate\.\n.*\n.*\n.*PACKAGE_NOT_PUBLISHED/);
    assert.equal(registry.published.has('tea-count@0.1.0'), false);
  });

  it('is told of in npm’s words when the registry does not have it, and is asked for by its name alone', async () => {
    await assert.rejects(unpack('npm:nowhere', join(at.place, 'nowhere')), {
      code: 'NPM_FAILED',
      message: /^npm pack nowhere --pack-destination \S+ failed: code E404 /,
    });
    for (const source of ['npm:../nowhere', 'npm:git+ssh://example.org/a', 'npm:--help', 'npm:a b', 'npm:'])
      await assert.rejects(unpack(source, join(at.place, 'odd')), {
        code: 'PACKAGE_UNSUITABLE',
        message: `${source} cannot be installed: that is no name of a package.`,
      });
  });

  it('gets the version of the spec by a sync, and keeps the rest', async () => {
    const folder = await made('word-count', 'bash');
    const described = join(folder, 'package.json');
    writeFileSync(described, readFileSync(described, 'utf8').replace('{', '{ "license": "MIT",'));
    const spec = join(folder, 'plugin.spec.json');
    writeFileSync(spec, readFileSync(spec, 'utf8').replace('"0.1.0"', '"0.2.0"'));

    const changed = await syncPlugin(folder);

    assert.deepEqual(changed, ['manifest.json', 'package.json']);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    assert.deepEqual([version, license], ['0.2.0', 'MIT']);
    writeFileSync(join(folder, 'package.json'), '{');
    await assert.rejects(syncPlugin(folder), {
      code: 'PLUGIN_SPEC_INVALID',
      message: /package\.json that .* not JSON/,
    });
  });
});
