import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inheritedDescriptors } from './descriptors.ts';

const module = new URL('./descriptors.ts', import.meta.url).href;
const program = `
const { inheritedDescriptors } = await import(${JSON.stringify(module)});
const { spawnSync } = await import('node:child_process');
const { openSync } = await import('node:fs');
openSync('/dev/zero', 'r');
const ignored = inheritedDescriptors();
const list = () => spawnSync('/bin/sh', ['-c', 'for fd in /proc/self/fd/*; do readlink $fd; done'], {
  stdio: ['ignore', 'pipe', 'ignore', ...ignored],
}).stdout.toString();
console.log(JSON.stringify({ ignored, seen: list() }));
`;

let folder: string;
let secret: number;

/** What whoever runs the tests left open, as /dev/null. */
const around = inheritedDescriptors();

/** Runs the program with `extra` open as descriptors from 3. */
function run(extra: number[]): { ignored: string[]; seen: string } {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe', ...extra, ...around.slice(extra.length)],
    encoding: 'utf8',
  });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

describe('descriptors that the kernel inherited', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'descriptors-'));
    secret = openSync(join(folder, 'secret.txt'), 'w');
  });
  after(() => {
    closeSync(secret);
    rmSync(folder, { recursive: true });
  });

  it('become /dev/null for its children, all of them', () => {
    const { ignored, seen } = run([secret, secret, secret]);

    assert.equal(ignored.length, Math.max(3, around.length));
    assert.ok(ignored.every((one) => one === 'ignore'));
    assert.doesNotMatch(seen, /secret\.txt/);
  });

  it('are no more than were left open; what the kernel opened itself does not count', () => {
    assert.equal(run([]).ignored.length, around.length);
  });
});
