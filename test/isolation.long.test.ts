// No sandbox, no dispatch: only who asks for `process` by name runs without one, and every entry says so.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const bin = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const demo = fileURLToPath(new URL('../scripts/demo.ts', import.meta.url));

/** Runs a command where bubblewrap and unshare are there, but do not work: as in a default container. */
const hiding =
  'for name in bwrap unshare; do file=$(command -v $name) && mount --bind /bin/false "$file"; done; exec "$@"';
const withoutSandbox = (command: readonly string[], env: Record<string, string>) =>
  execa('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', hiding, 'sh', ...command], {
    reject: false,
    env,
    stdin: 'ignore',
  });

describe('isolation', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
    at.drop('a.jsonl', [{ id: 'one', tool: 'jsonl-parser', input: { text: '1' } }]);
  });
  afterEach(() => at.remove());

  describe('where no sandbox proves itself', () => {
    before(function () {
      if (spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'true']).status !== 0) {
        console.log('      skipped: this machine cannot be made to look like one without a sandbox');
        this.skip();
      }
    });

    const run = (...args: string[]) =>
      withoutSandbox([process.execPath, bin, ...args, '--home', at.home.path], {
        XDG_STATE_HOME: `${at.place}/state`,
        TMPDIR: tmpdir(),
      });

    it('dispatches nothing and says what to install', async () => {
      const { exitCode, stderr } = await run('start', '--once');
      assert.equal(exitCode, 3);
      assert.match(stderr, /^No sandbox proves itself on this machine: .*bubblewrap: .* util-linux: /);
      assert.match(stderr, /Install bubblewrap/);
      assert.deepEqual(readdirSync(at.home.inbox), ['a.jsonl']);
    });

    it('runs without one when asked by name, and the entry says so', async () => {
      const { exitCode, stdout } = await run('start', '--once', '--isolation', 'process');
      assert.equal(exitCode, 0, stdout);
      const { entries } = JSON.parse((await at.arbiter('show', 'one', '--json')).stdout);
      assert.equal(entries.at(-1).body.isolation, 'process');
      assert.match((await at.arbiter('explain', 'one')).stdout, /whatever the user who ran the kernel could/);
    });

    it('lets the demo go on with a notice', async () => {
      const { exitCode, stdout, stderr } = await withoutSandbox([process.execPath, demo], {
        XDG_STATE_HOME: `${at.place}/state`,
        TMPDIR: at.place,
      });
      assert.equal(exitCode, 0, stdout + stderr);
      assert.match(stdout, /NOTICE: no sandbox proves itself on this machine/);
    });
  });

  it('takes a sandbox without being asked, and says which', async function () {
    const { exitCode, stdout } = await execa(process.execPath, [bin, 'doctor', '--json', '--home', at.home.path], {
      reject: false,
    });
    const proven = (JSON.parse(stdout).sandboxes as { level: string; by: string; proven: boolean }[]).find(
      (sandbox) => sandbox.proven,
    );
    if (!proven) {
      console.log(`      skipped: no sandbox proves itself here (doctor ended with ${exitCode})`);
      this.skip();
    }
    const started = await at.arbiter('start', '--once');
    assert.match(started.stdout, new RegExp(`isolation ${proven.level} by ${proven.by}`));
    const { entries } = JSON.parse((await at.arbiter('show', 'one', '--json')).stdout);
    assert.equal(entries.at(-1).body.isolation, proven.level);
  });
});
