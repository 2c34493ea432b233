import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const module = new URL('./descriptors.ts', import.meta.url).href;
const program = `
const { inheritedDescriptors } = await import(${JSON.stringify(module)});
const { spawnSync } = await import('node:child_process');
const { openSync } = await import('node:fs');
openSync('/dev/zero', 'r');
const list = (covered) => spawnSync('/bin/sh', ['-c', 'for fd in /proc/self/fd/*; do readlink $fd; done'], {
  stdio: ['ignore', 'pipe', 'ignore', ...covered],
}).stdout.toString();
console.log(JSON.stringify({ covered: inheritedDescriptors(), bare: list([]), seen: list(inheritedDescriptors()) }));
`;

let folder: string;

interface Seen {
  readonly covered: (number | 'ignore')[];
  /** What a child sees when nothing is done about it. */
  readonly bare: string;
  readonly seen: string;
}

/** Runs the program from a shell that closed what it was left with, and opened the secret as `descriptors`. */
function run(descriptors: readonly number[]): Seen {
  const shell = `
for fd in /proc/self/fd/*; do fd=\${fd##*/}; if [ "$fd" -gt 2 ]; then eval "exec $fd>&-"; fi; done
for fd in ${descriptors.join(' ')}; do eval "exec $fd<'${join(folder, 'secret.txt')}'"; done
exec "$0" --input-type=module -e "$1"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', shell, process.execPath, program], { encoding: 'utf8' });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

describe('descriptors that the kernel inherited', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'descriptors-'));
    writeFileSync(join(folder, 'secret.txt'), 'secret');
  });
  after(() => rmSync(folder, { recursive: true }));

  // Node itself closes the first ones on exec, and stops at a gap after the 16th.
  it('become /dev/null for its children, all of them', () => {
    const { covered, bare, seen } = run([3, 40, 61]);

    assert.match(bare, /secret\.txt/);
    assert.equal(covered.length, 59);
    assert.doesNotMatch(seen, /secret\.txt/);
    assert.doesNotMatch(seen, /zero/);
  });

  it('are no more than were left open; what the kernel opened itself does not count', () => {
    assert.deepEqual(run([]).covered, []);
  });
});
