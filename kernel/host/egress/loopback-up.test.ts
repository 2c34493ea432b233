// Real network namespaces. Where a machine makes none, that is said and the tests are left out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { loopbackUp } from './loopback-up.ts';

const namespace = ['unshare', '--user', '--map-root-user', '--net', '/bin/sh', '-c'] as const;
const interfacesUp = 'awk \'$6 == "lo"\' /proc/net/if_inet6; grep -c 127.0.0.1 /proc/net/fib_trie';

function inNamespace(script: string) {
  const [file, ...args] = [...namespace, script];
  return spawnSync(file, args, { encoding: 'utf8' });
}

describe('loopback in a fresh network namespace', () => {
  before(function () {
    const { status, stderr, error } = inNamespace('true');
    if (status === 0) return;
    console.log(`      skipped, for this machine makes no network namespace: ${error?.message ?? stderr.trim()}`);
    this.skip();
  });

  it('is down at first', () => {
    assert.equal(inNamespace(interfacesUp).stdout, '0\n');
  });

  for (const [way, shadow, tool] of [
    ['iproute2', 'perl() { return 1; }', 'ip'],
    ['perl', 'ip() { return 1; }', 'perl'],
  ] as const)
    it(`comes up by ${way}`, function () {
      if (spawnSync(tool, ['-v'], { stdio: 'ignore' }).error) {
        console.log(`      skipped, for there is no ${tool} here`);
        this.skip();
      }
      const { stdout, stderr } = inNamespace(`${shadow}; ${loopbackUp} && ${interfacesUp}`);
      assert.equal(stderr, '');
      assert.match(stdout, /[1-9]\n$/);
    });

  it('that cannot be brought up is said, with a status', () => {
    const { status, stderr } = inNamespace(`ip() { return 1; }; ${loopbackUp.replace('q(lo)', 'q(none)')}`);
    assert.notEqual(status, 0);
    assert.match(stderr, /^loopback stays down: No such device$/m);
  });
});
