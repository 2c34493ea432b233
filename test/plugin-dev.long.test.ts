// arbiter plugin dev, as an author has it running beside the editor.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Round } from '../conformance/dev/round.ts';
import { newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('arbiter plugin dev', function () {
  this.timeout(60_000);
  let at: TemporaryHome;
  let folder: string;

  beforeEach(async () => {
    at = temporaryHome();
    folder = await newPlugin({ name: 'words', category: 'transformation', language: 'js', dir: at.place });
  });

  afterEach(() => at.remove());

  function edit(file: string, from: string, to: string): void {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    assert.ok(text.includes(from), `${file} holds no ${from}`);
    writeFileSync(path, text.replace(from, to));
  }

  it('plays a round at every change, waits through what is broken, and ends by Ctrl-C', async () => {
    const dev = at.begin('plugin', 'dev', folder, '--json');
    const rounds = roundsOf(dev);
    try {
      assert.deepEqual(await told(rounds), ['empty.json met', 'two-lines.json met']);

      edit('src/tool.js', '.length - 1', '.length');
      assert.deepEqual(await told(rounds), [
        'empty.json not met',
        'two-lines.json not met',
        'wrote dist/plugin.js',
        'wrote manifest.json',
      ]);

      edit('src/tool.js', 'export', 'exprot');
      assert.deepEqual(await told(rounds), ['PLUGIN_BUNDLE_FAILED']);

      edit('src/tool.js', 'exprot', 'export');
      edit('src/tool.js', '.length }', '.length - 1 }');
      edit('plugin.spec.json', '"version"', '"verison"');
      assert.deepEqual(await told(rounds), ['PLUGIN_SPEC_INVALID']);

      edit('plugin.spec.json', '"verison"', '"version"');
      assert.deepEqual((await told(rounds)).slice(0, 2), ['empty.json met', 'two-lines.json met']);

      dev.kill('SIGINT');
      const [code] = await once(dev, 'exit');
      assert.equal(code, 0);
    } finally {
      dev.kill('SIGKILL');
    }
  });

  it('plays one round with --once, and shows what differs', async () => {
    const good = await at.arbiter('plugin', 'dev', folder, '--once');
    edit('conformance/golden/two-lines.json', '"words": 3', '"words": 4');
    writeFileSync(
      join(folder, 'conformance/golden/long.json'),
      JSON.stringify({ tool: 'words', input: {}, error: 'too long' }),
    );
    const bad = await at.arbiter('plugin', 'dev', folder, '--once');
    writeFileSync(join(folder, 'conformance/golden/long.json'), '{');
    const broken = await at.arbiter('plugin', 'dev', folder, '--once');

    assert.deepEqual([good.status, bad.status, broken.status], [0, 1, 1]);
    assert.match(
      good.stdout,
      /^ {2}✓ empty\.json \(\d+ ms\)\n {2}✓ two-lines\.json \(\d+ ms\)\n2 of 2 fixtures met, in \d+ ms$/,
    );
    assert.match(bad.stdout, /✗ two-lines\.json \(\d+ ms\)\n {6} \{\n.*\n {6}- {2}"words": 4\n {6}\+ {2}"words": 3\n/);
    assert.match(
      bad.stdout,
      /✗ long\.json \(\d+ ms\)\n {6}expected: a refusal with "too long"\n {6}came: .*TOOL_FAILED/,
    );
    assert.match(
      broken.stdout,
      /^expected: a golden fixture in JSON\ncame: .*\nreproduce: look at conformance\/golden\/long\.json$/,
    );
  });

  it('says where there is no plugin', async () => {
    const { status, stderr } = await at.arbiter('plugin', 'dev', join(at.place, 'nowhere'), '--once');

    assert.equal(status, 3);
    assert.match(stderr, /nowhere has no plugin\.spec\.json/);
  });
});

function roundsOf({ stdout }: ChildProcess): AsyncIterator<string> {
  return createInterface({ input: stdout as NonNullable<typeof stdout> })[Symbol.asyncIterator]();
}

/** What the next round says, in short. */
async function told(rounds: AsyncIterator<string>): Promise<string[]> {
  const { value } = await rounds.next();
  const { fixtures, written, wrong }: Round = JSON.parse(value);
  if (wrong !== undefined) return [typeof wrong === 'string' ? wrong : wrong.code];
  return [
    ...fixtures.map(({ name, met }) => `${name} ${met ? 'met' : 'not met'}`),
    ...written.map((file) => `wrote ${file}`),
  ];
}
