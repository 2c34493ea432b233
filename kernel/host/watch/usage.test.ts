import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { endGroup, runIn, skipWhereLacking, startReady } from '../fixtures/boxes.ts';
import { utilLinux } from '../launch/util-linux.ts';
import { childrenOf, usageOf } from './usage.ts';

const megabyte = 1024 * 1024;
const anyMemory = Number.POSITIVE_INFINITY;

describe('what a tree of processes uses', () => {
  let child: ChildProcess & { pid: number };

  afterEach(() => endGroup(child));

  const node = async (code: string) => {
    child = await startReady(process.execPath, ['-e', `${code}; console.log('ready'); setInterval(() => {}, 1e6)`]);
    return child.pid;
  };
  const perl = async (code: string) => {
    child = await startReady('perl', ['-e', `$| = 1; ${code}`]);
    return child.pid;
  };
  /** Perl: keeps so many megabytes, each page written to. */
  const holds = (megabytes: number) => `vec(our $kept, ${megabytes} * 1024 * 1024, 8) = 1`;
  const memoryMb = (pid: number, limitMb = anyMemory) => usageOf(pid, limitMb * megabyte).memory / megabyte;

  it('is the memory that a process holds', async () => {
    const pid = await node('globalThis.kept = Buffer.alloc(100 * 1024 * 1024, 1)');

    assert.ok(memoryMb(pid) > 100 && memoryMb(pid) < 200, `${memoryMb(pid)}`);
  });

  it('is the memory of all children together, and theirs', async () => {
    const pid = await perl(`
      pipe my $told, my $tells;
      for (1, 2) { if (!fork) { fork; ${holds(30)}; syswrite $tells, 'x'; sleep 600 } }
      for (1 .. 4) { sysread $told, my $one, 1 }
      print 'ready'; sleep 600`);

    assert.ok(memoryMb(pid) > 120 && memoryMb(pid) < 180, `${memoryMb(pid)}`);
  });

  it('counts shared memory once where the plain sum is over the limit', async () => {
    const pid = await perl(`
      ${holds(50)};
      for (1 .. 4) { if (!fork) { sleep 600 } }
      print 'ready'; sleep 600`);

    assert.ok(memoryMb(pid) > 250, `${memoryMb(pid)}`);
    assert.ok(memoryMb(pid, 100) > 50 && memoryMb(pid, 100) < 150, `${memoryMb(pid, 100)}`);
  });

  it('is the CPU time of children that have ended, too', async () => {
    const pid = await perl(`
      my $child = fork;
      if (!$child) { 1 while (times)[0] + (times)[1] < 0.5; exit }
      waitpid $child, 0;
      print 'ready'; sleep 600`);

    const { cpuSeconds } = usageOf(pid, anyMemory);

    assert.ok(cpuSeconds > 0.4 && cpuSeconds < 5, `${cpuSeconds}`);
    assert.deepEqual(childrenOf(pid), []);
  });

  it('is its processes and their threads', async () => {
    const bare = usageOf(await node(''), anyMemory).processes;
    await endGroup(child);
    const more = `
      const { once } = require('node:events');
      const { Worker } = require('node:worker_threads');
      const workers = [1, 2, 3].map(() => new Worker('setInterval(() => {}, 1e6)', { eval: true }));
      for (const one of [1, 2]) require('node:child_process').spawn('sleep', ['600']);
      Promise.all(workers.map((one) => once(one, 'online'))).then(() => console.log('all'));
      console.log = ((log) => (words) => words === 'all' && log(words))(console.log)`;
    const { processes } = usageOf(await node(more), anyMemory);

    assert.equal(processes, threadsOf(child.pid) + 2);
    assert.ok(processes >= bare + 5, `${processes} after ${bare}`);
  });

  it('is the most files that one of its processes has open', async () => {
    const opens = (count: number) =>
      `my @kept; for (1 .. ${count}) { open my $file, '<', '/dev/null'; push @kept, $file }`;
    const pid = await perl(`
      pipe my $told, my $tells;
      if (!fork) { ${opens(40)}; syswrite $tells, 'x'; sleep 600 }
      ${opens(20)}; sysread $told, my $one, 1; print 'ready'; sleep 600`);

    const { openFiles } = usageOf(pid, anyMemory);

    assert.ok(openFiles >= 43 && openFiles < 60, `${openFiles}`);
  });
});

describe('what a box uses', () => {
  it('leaves out the processes that built it', async function () {
    skipWhereLacking(this, utilLinux);
    const box = runIn(utilLinux, '#!/bin/sh\nsleep 600 & sleep 600 & echo ready; wait\n');
    await box.says('ready');

    const { processes } = usageOf(box.pid as number, anyMemory);
    box.kill();
    await box.exited;

    // The box's first process is one of them.
    assert.equal(processes, 4);
  });
});

describe('what a process uses that is gone', () => {
  it('is nothing', async () => {
    const child = await startReady('perl', ['-e', `$| = 1; print 'ready'; sleep 600`]);
    await endGroup(child);

    assert.deepEqual(usageOf(child.pid, 0), {
      ...{ memory: 0, cpuSeconds: 0, cpuByProcess: new Map(), processes: 0, openFiles: 0 },
    });
    assert.deepEqual(childrenOf(child.pid), []);
  });
});

const threadsOf = (pid: number) => readdirSync(`/proc/${pid}/task`).length;
