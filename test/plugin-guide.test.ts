// The commands of docs/plugin-guide.md, in their order, as a new user would type them.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const bin = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const guide = readFileSync(new URL('../docs/plugin-guide.md', import.meta.url), 'utf8');

describe('docs/plugin-guide.md', () => {
  let place: string;

  before(() => {
    place = mkdtempSync(join(tmpdir(), 'plugin-guide-'));
  });

  after(() => rmSync(place, { recursive: true }));

  it('leads from nothing to a plugin that reached L3 and has done a task', async function () {
    // Some fifteen kernels are started, one after another.
    this.timeout(180_000);

    const blocks = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block as string);
    assert.equal(blocks.length, 6);
    // npx would look for a package; here it is this repository.
    const script = `set -e\nnpx() { shift; '${process.execPath}' '${bin}' "$@"; }\n${blocks.join('')}`;

    const { exitCode, stdout, stderr } = await execa('bash', ['-c', script], {
      cwd: place,
      env: { XDG_STATE_HOME: join(place, 'state') },
      reject: false,
      stdin: 'ignore',
    });

    assert.equal(exitCode, 0, stdout + stderr);
    assert.deepEqual(stdout.match(/(?<=reached: )\w+/g), ['L1', 'L3']);
    const done = join(place, 'home/done');
    const results = readdirSync(done).filter((name) => name.endsWith('.results.jsonl'));
    const { status, output } = JSON.parse(readFileSync(join(done, results[0] as string), 'utf8'));
    assert.deepEqual({ status, output }, { status: 'done', output: { characters: 7, words: 2, lines: 0 } });
  });
});
