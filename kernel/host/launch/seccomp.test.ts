import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { runIn, skip, skipWhereLacking } from '../fixtures/boxes.ts';
import type { Boxer } from './box.ts';
import { bubblewrapFiltered } from './bubblewrap.ts';
import { seccompFilter } from './seccomp.ts';
import { type Architecture, architectures } from './system-calls.ts';

const answers: Readonly<Record<number, string>> = {
  2147418112: 'allowed',
  2147483648: 'killed',
  327681: 'EPERM',
  327718: 'ENOSYS',
  327777: 'EAFNOSUPPORT',
};

interface Instruction {
  readonly code: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly operand: number;
}

function programOf(filter: Buffer): Instruction[] {
  return Array.from({ length: filter.length / 8 }, (_, index) => ({
    code: filter.readUInt16LE(index * 8),
    ifTrue: filter.readUInt8(index * 8 + 2),
    ifFalse: filter.readUInt8(index * 8 + 3),
    operand: filter.readUInt32LE(index * 8 + 4),
  }));
}

/** Classic BPF, as far as the filter uses it: linux/Documentation/networking/filter.rst. */
function interpret(program: readonly Instruction[], data: Buffer): number {
  let accumulator = 0;
  for (let at = 0; ; at++) {
    const { code, ifTrue, ifFalse, operand } = program[at] as Instruction;
    if (code === 0x20) accumulator = data.readUInt32LE(operand);
    else if (code === 0x15) at += accumulator === operand ? ifTrue : ifFalse;
    else if (code === 0x45) at += (accumulator & operand) !== 0 ? ifTrue : ifFalse;
    else if (code === 0x06) return operand;
    else throw new Error(`The instruction ${code} is not known.`);
  }
}

const hidden = ['clone3', 'io_uring_enter', 'io_uring_register', 'io_uring_setup', 'memfd_create'];
const byArgument = ['clone', 'ioctl', 'personality', 'socket'];
const namespaceFlags = {
  ...{ CLONE_NEWNS: 0x00020000, CLONE_NEWCGROUP: 0x02000000, CLONE_NEWUTS: 0x04000000, CLONE_NEWIPC: 0x08000000 },
  ...{ CLONE_NEWUSER: 0x10000000, CLONE_NEWPID: 0x20000000, CLONE_NEWNET: 0x40000000 },
};
/** As glibc calls it for fork, vfork and pthread_create. */
const plainFlags = { fork: 0x01200011, vfork: 0x4111, pthread_create: 0x003d0f00 };
const highHalf = 0xabcd;

for (const [name, { audit, otherAbi, calls }] of Object.entries(architectures) as [NodeJS.Architecture, Architecture][])
  describe(`the system call filter for ${name}`, () => {
    const program = programOf(seccompFilter(name) as Buffer);
    const numberOf = (call: string) => calls[call] as number;

    /** What becomes of a call. The upper halves of its arguments hold noise, which must not matter. */
    function answerTo(call: string | number, args: readonly number[] = [], from = audit): string {
      const data = Buffer.alloc(64);
      data.writeUInt32LE(typeof call === 'number' ? call : numberOf(call), 0);
      data.writeUInt32LE(from, 4);
      for (const [index, value] of args.entries()) {
        data.writeUInt32LE(value >>> 0, 16 + 8 * index);
        data.writeUInt32LE(highHalf, 20 + 8 * index);
      }
      const answer = interpret(program, data);
      return answers[answer] ?? `unknown answer ${answer}`;
    }

    it('is a whole program: every jump lands in it, and it ends in an answer', () => {
      assert.equal(program.at(-1)?.code, 0x06);
      assert.ok(program.length <= 4096);
      for (const [at, { code, ifTrue, ifFalse }] of program.entries()) {
        assert.ok([0x20, 0x15, 0x45, 0x06].includes(code), `${at}`);
        assert.ok(at + 1 + Math.max(ifTrue, ifFalse) < program.length || code === 0x06, `${at}`);
      }
    });

    it('refuses what no plugin needs, and hides what a library falls back from', () => {
      for (const call of Object.keys(calls).filter((one) => !byArgument.includes(one)))
        assert.equal(answerTo(call), hidden.includes(call) ? 'ENOSYS' : 'EPERM', call);
      for (const call of hidden) assert.equal(answerTo(call), 'ENOSYS', call);
    });

    it('allows every other call', () => {
      const named = new Set(Object.values(calls));
      for (let number = 0; number < 1024; number++) if (!named.has(number)) assert.equal(answerTo(number), 'allowed');
    });

    it('allows processes and threads, and no namespaces', () => {
      for (const [kind, flags] of Object.entries(plainFlags)) {
        assert.equal(answerTo('clone', [flags]), 'allowed', kind);
        for (const [flag, bit] of Object.entries(namespaceFlags))
          assert.equal(answerTo('clone', [flags | bit]), 'EPERM', `${kind} with ${flag}`);
      }
    });

    it('allows sockets of four families', () => {
      const allowed = Array.from({ length: 64 }, (_, family) => family).filter(
        (family) => answerTo('socket', [family, 1]) !== 'EAFNOSUPPORT',
      );

      assert.deepEqual(allowed, [1, 2, 10, 16]);
      assert.deepEqual(
        allowed.map((family) => answerTo('socket', [family, 1])),
        Array(4).fill('allowed'),
      );
    });

    it('lets nobody type into a terminal', () => {
      const requests = { TIOCSTI: 0x5412, TIOCLINUX: 0x541c, TCGETS: 0x5401, FIONREAD: 0x541b };
      const found = Object.entries(requests).map(([request, number]) => [request, answerTo('ioctl', [0, number])]);

      assert.deepEqual(Object.fromEntries(found), {
        ...{ TIOCSTI: 'EPERM', TIOCLINUX: 'EPERM', TCGETS: 'allowed', FIONREAD: 'allowed' },
      });
    });

    it('allows the personalities that containers allow', () => {
      for (const personality of [0, 8, 0x20000, 0x20008, 0xffffffff])
        assert.equal(answerTo('personality', [personality]), 'allowed', `${personality}`);
      const [noRandomAddresses, readImpliesExec] = [0x0040000, 0x0400000];
      for (const personality of [noRandomAddresses, readImpliesExec, 1])
        assert.equal(answerTo('personality', [personality]), 'EPERM', `${personality}`);
    });

    it('kills who calls as another processor', () => {
      const [i386, arm] = [0x40000003, 0x40000028];
      const others = Object.values(architectures).map((other) => other.audit);
      for (const other of [i386, arm, ...others.filter((one) => one !== audit)])
        assert.equal(answerTo(0, [], other), 'killed');
    });

    it(otherAbi === 0 ? 'knows no other ABI' : 'kills who calls by the other ABI, whatever the call', () => {
      for (const number of [0, 39, 101, 520, 0x3fffffff])
        assert.equal(answerTo(number + 0x40000000), otherAbi === 0 ? 'allowed' : 'killed');
    });

    it('has the numbers of the Linux headers', function () {
      const header = {
        x64: '/usr/include/x86_64-linux-gnu/asm/unistd_64.h',
        arm64: '/usr/include/asm-generic/unistd.h',
      }[name as 'x64' | 'arm64'];
      if (!existsSync(header)) skip(this, `there is no ${header}`);
      const lines = readFileSync(header, 'utf8').matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)$/gm);
      const numbers = new Map(Array.from(lines, ([, call, number]) => [call as string, Number(number)]));
      numbers.delete('syscalls');
      const newest = Math.max(...numbers.values());

      for (const [call, number] of Object.entries(calls))
        if (numbers.has(call) || number <= newest) assert.equal(number, numbers.get(call), call);
    });
  });

describe('the system call filter', () => {
  it('is not there for a processor whose calls are not known', () => {
    assert.equal(seccompFilter('s390x'), null);
  });
});

describe('a box with the system call filter', () => {
  const boxer = bubblewrapFiltered as Boxer;
  const calls = architectures[process.arch]?.calls ?? {};

  before(function () {
    if (!bubblewrapFiltered) skip(this, `no filter for ${process.arch}`);
    skipWhereLacking(this, boxer);
  });

  it('refuses and hides system calls in it', async () => {
    // With arguments that would fail otherwise, so that a call that is let through does no harm.
    const asked = ['ptrace', 'mount', 'unshare', 'bpf', 'keyctl', 'userfaultfd', 'clone3', 'io_uring_setup'];
    const lines = asked.map((call) => `tried('${call}', ${calls[call]}, -1, 0, 0, 0, 0);`);
    const script = `#!/usr/bin/perl
sub tried { my ($name, @call) = @_; $! = 0; syscall($call[0], @call[1..5]); printf "%s %d\\n", $name, $!; }
${lines.join('\n')}
tried('clone into a namespace', ${calls.clone}, 0x10000011, 0, 0, 0, 0);
tried('packet socket', ${calls.socket}, 17, 3, 0, 0, 0);
tried('typing', ${calls.ioctl}, 0, 0x5412, 0, 0, 0);
tried('personality', ${calls.personality}, 0x0040000, 0, 0, 0, 0);
`;
    const { stdout, detail, stderr } = await runIn(boxer, script).ended;

    assert.equal(stderr, '');
    assert.deepEqual(stdout.trim().split('\n'), [
      ...asked.map((call) => `${call} ${hidden.includes(call) ? 38 : 1}`),
      ...['clone into a namespace 1', 'packet socket 97', 'typing 1', 'personality 1'],
    ]);
    assert.equal(detail, 'it ended with code 0');
  });

  it('runs ordinary programs', async () => {
    const { stdout, stderr } = await runIn(
      boxer,
      `#!/bin/sh
/node -e 'new (require("node:worker_threads").Worker)("0", { eval: true }).on("exit", () => console.log("node"))'
git --version | cut -d ' ' -f 1
perl -e 'if (my $child = fork) { waitpid $child, 0; print "perl\\n" }'
if [ -x /usr/bin/python3 ]; then /usr/bin/python3 -c 'import threading; threading.Thread(target=print, args=["python"]).start()'
else echo python; fi
`,
    ).ended;

    assert.deepEqual([stdout, stderr], ['node\ngit\nperl\npython\n', '']);
  });
});
