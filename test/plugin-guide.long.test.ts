// The commands of docs/plugin-guide.md, in their order, as a new user would type them.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'cli/bin.js');
const guide = readFileSync(new URL('../docs/plugin-guide.md', import.meta.url), 'utf8');

describe('docs/plugin-guide.md', () => {
  let place: string;

  before(() => {
    place = mkdtempSync(join(tmpdir(), 'plugin-guide-'));
    // As npm install would.
    mkdirSync(join(place, 'node_modules'));
    symlinkSync(root, join(place, 'node_modules/arbiter'));
  });

  after(() => rmSync(place, { recursive: true }));

  it('leads from nothing to a plugin that runs where a certificate at L5 is demanded', async function () {
    // Some twenty kernels and boxes are started, one after another.
    this.timeout(300_000);
    const blocks = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block as string);
    assert.equal(blocks.length, 8);
    if (!existsSync('/usr/bin/python3')) {
      console.log('      skipped: the part about Python, for want of /usr/bin/python3');
      blocks.pop();
    }
    // npx would look for a package; here it is this repository.
    const script = `set -e\nnpx() { shift; '${process.execPath}' '${bin}' "$@"; }\n${runOnce(blocks.join(''))}`;

    const { exitCode, stdout, stderr } = await execa('bash', ['-c', script], {
      cwd: place,
      env: { XDG_STATE_HOME: join(place, 'state'), PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
      reject: false,
      stdin: 'ignore',
    });

    assert.equal(exitCode, 0, stdout + stderr);
    assert.deepEqual(stdout.match(/(?<=reached: )\w+/g), ['L5']);
    assert.match(stdout, /Installed word-count 0\.1\.0/);
    const done = join(place, 'home/done');
    const results = readdirSync(done).filter((name) => name.endsWith('.results.jsonl'));
    const { status, output } = JSON.parse(readFileSync(join(done, results[0] as string), 'utf8'));
    assert.deepEqual({ status, output }, { status: 'done', output: { characters: 7, words: 2, lines: 0 } });
  });
});

/** conform and certify run the same levels to the same extent: what takes a minute is done by the second of them alone. */
function runOnce(commands: string): string {
  const [, extent] = /^npx arbiter conform word-count (.*)$/m.exec(commands) as unknown as [string, string];
  assert.match(commands, new RegExp(`^npx arbiter plugin certify word-count ${extent}$`, 'm'));
  return commands.replace(/^npx arbiter conform .*$/m, '');
}
