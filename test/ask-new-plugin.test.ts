// arbiter plugin new on a terminal, which script of util-linux lends.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const bin = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const [enter, down, breakOff] = ['\r', '\u001b[B', '\u0003'];

describe('arbiter plugin new on a terminal', () => {
  let place: string;
  let running: ChildProcess | undefined;

  before(function () {
    if (existsSync('/usr/bin/script')) return;
    console.log('      skipped: there is no /usr/bin/script, which lends a terminal, on this machine');
    this.skip();
  });

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'ask-'));
  });

  afterEach(() => {
    running?.kill('SIGKILL');
    rmSync(place, { recursive: true });
  });

  it('asks for name, category and language, each category with its sandbox', async () => {
    const terminal = ask();
    await terminal.type('What is it called?', `Words${enter}`);
    await terminal.type('Take 2 to 64 small letters', `${'\u007f'.repeat(5)}word-count${enter}`);
    await terminal.type(
      /transformation +one value in, another out: sees no workspace, never reaches a network[\s\S]*state-change .*changes workspaces, by private copies, reaches hosts that it is granted/,
      `${down}${enter}`,
    );
    await terminal.type('In which language?', `${down}${down}${enter}`);

    assert.equal(await terminal.ended, 0);
    const spec = JSON.parse(readFileSync(join(place, 'word-count/plugin.spec.json'), 'utf8'));
    assert.deepEqual([spec.id, spec.category, spec.entry.file], ['word-count', 'transformation', 'src/plugin.py']);
  });

  it('asks for no more than was left out', async () => {
    const terminal = ask('--category', 'validation', '--language', 'bash');
    await terminal.type('What is it called?', `gate${enter}`);

    assert.equal(await terminal.ended, 0);
    assert.deepEqual(readdirSync(place), ['gate']);
  });

  it('leaves nothing behind when it is broken off', async () => {
    const terminal = ask();
    await terminal.type('What is it called?', `word-count${enter}`);
    await terminal.type('What does it do?', breakOff);

    assert.equal(await terminal.ended, 1);
    assert.match(terminal.shown(), /Nothing was made\./);
    assert.deepEqual(readdirSync(place), []);
  });

  function ask(...args: readonly string[]) {
    const command = [process.execPath, bin, 'plugin', 'new', ...args].map((word) => `'${word}'`).join(' ');
    const terminal = spawn('/usr/bin/script', ['-qec', `stty rows 40 cols 140; exec ${command}`, '/dev/null'], {
      ...{ cwd: place, stdio: ['pipe', 'pipe', 'inherit'] },
    }) as ChildProcess & { stdin: NonNullable<ChildProcess['stdin']>; stdout: NonNullable<ChildProcess['stdout']> };
    running = terminal;
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += stripVTControlCharacters(text);
    });
    return {
      shown: () => shown,
      ended: once(terminal, 'exit').then(([code]) => code as number),
      /** Waits until it was asked, then types. What was shown before is not looked at again. */
      async type(asked: string | RegExp, keys: string) {
        while (shown.search(asked) < 0) await once(terminal.stdout, 'data');
        shown = '';
        terminal.stdin.write(keys);
      },
    };
  }
});
