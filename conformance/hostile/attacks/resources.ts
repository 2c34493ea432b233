// Taking more than the limits allow. Every attack ends by itself, and gives back what it took.
import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Attack, type Context, contained, escaped, notTried, pause, refusal } from './attack.ts';
import { perl, perlArguments } from './perl.ts';
import { segmentBytes } from './segment.ts';

const megabyte = 1024 * 1024;

/** Runs perl beside this process, so that it can go on answering; gives what it printed. */
function perlBeside(program: string, marker: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/perl', perlArguments(program, [marker]), { stdio: ['ignore', 'pipe', 'ignore'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.once('error', reject);
    child.once('exit', () => resolve(printed));
  });
}

/** Escaped when every one of `count` perl programs says `kept` at its end. */
async function together(count: number, program: string, { marker }: Context): Promise<ReturnType<typeof contained>> {
  try {
    const printed = await Promise.all(Array.from({ length: count }, () => perlBeside(program, marker)));
    const kept = printed.filter((text) => text.includes('kept')).length;
    return kept === count ? escaped(`all ${count} kept it`) : contained(`${kept} of ${count} kept it`);
  } catch (error) {
    return refusal(error);
  }
}

/** Writes `total` megabytes in files of `each`; removes them. */
function fill(folder: string, marker: string, total: number, each: number): ReturnType<typeof contained> {
  const block = Buffer.alloc(megabyte, 'x');
  const paths: string[] = [];
  let written = 0;
  try {
    for (let start = 0; start < total; start += each) {
      const path = join(folder, `${marker}-${start}`);
      const descriptor = openSync(path, 'w');
      paths.push(path);
      try {
        for (let index = 0; index < each; index++, written++) writeSync(descriptor, block);
      } finally {
        closeSync(descriptor);
      }
    }
    return escaped(`wrote ${total} MB`);
  } catch (error) {
    return contained(`${(error as NodeJS.ErrnoException).code} after ${written} MB`);
  } finally {
    for (const path of paths) rmSync(path, { force: true });
  }
}

export const resources: Readonly<Record<string, Attack>> = {
  'memory by one process': async () => {
    const kept: Buffer[] = [];
    try {
      for (let taken = 0; taken < 1_536; taken += 64) {
        kept.push(Buffer.alloc(64 * megabyte, 'x'));
        await pause(5);
      }
      await pause(500);
      return escaped(`${kept.length * 64} MB are held`);
    } catch (error) {
      return contained(`${(error as Error).message} after ${kept.length * 64} MB`);
    }
  },
  'memory by several processes': (context) =>
    together(5, 'my $held = ""; $held .= "x" x 1048576 for 1..200; sleep 3; print "kept";', context),
  'memory by a shared mapping': (context) =>
    together(
      1,
      `my $size = 1280 * 1024 * 1024; my $at = syscall($nr{mmap}, 0, $size, 3, 0x21, -1, 0); exit if $at == -1;
       open(my $zero, "<", "/dev/zero"); syscall($nr{read}, fileno($zero), $at, $size); sleep 3; print "kept";`,
      context,
    ),
  'memory by files in memory': (context) =>
    together(
      1,
      `my $block = "x" x (15 * 1024 * 1024); my @kept;
       for (1..50) {
         my $fd = syscall($nr{memfd_create}, text("x"), 0); exit if $fd < 0;
         open(my $file, ">&=", $fd) or exit; push @kept, $file;
         defined syswrite($file, $block) or exit;
       }
       sleep 3; print "kept";`,
      context,
    ),
  'memory by System V shared memory': (context) =>
    together(
      1,
      `my $size = 1280 * 1024 * 1024; my $id = syscall($nr{shmget}, 0, $size, 0600); exit if $id < 0;
       my $at = syscall($nr{shmat}, $id, 0, 0); syscall($nr{shmctl}, $id, 0, 0); exit if $at == -1;
       open(my $zero, "<", "/dev/zero"); syscall($nr{read}, fileno($zero), $at, $size); sleep 3; print "kept";`,
      context,
    ),
  'memory by segments that nobody holds': (context) =>
    together(
      1,
      `my $size = ${segmentBytes}; open(my $zero, "<", "/dev/zero"); my @ids; my $all = 1;
       for (1..60) {
         my $id = syscall($nr{shmget}, 0, $size, 0600); if ($id < 0) { $all = 0; last } push @ids, $id;
         my $at = syscall($nr{shmat}, $id, 0, 0); syscall($nr{read}, fileno($zero), $at, $size); syscall($nr{shmdt}, $at);
       }
       sleep 1 if $all; syscall($nr{shmctl}, $_, 0, 0) for @ids; print "kept" if $all;`,
      context,
    ),
  'fill /dev/shm': ({ marker }) => fill('/dev/shm', marker, 192, 8),
  'fill the scratch folder': ({ marker }) => fill(tmpdir(), marker, 96, 4),
  'fill the workspace by ten files': ({ workspace }) => {
    const block = Buffer.alloc(3 * megabyte, 'x');
    for (let index = 0; index < 10; index++) writeFileSync(join(workspace as string, `file-${index}`), block);
    return escaped('thirty megabytes were kept');
  },
  'fill the workspace by ten files, slowly': async ({ workspace }) => {
    const block = Buffer.alloc(3 * megabyte, 'x');
    for (let index = 0; index < 10; index++) {
      writeFileSync(join(workspace as string, `file-${index}`), block);
      await pause(200);
    }
    return escaped('thirty megabytes were kept');
  },
  'write one file too long': ({ marker }) => fill(tmpdir(), marker, 4, 4),
  'open too many files': () => {
    const open: number[] = [];
    try {
      for (let index = 0; index < 300; index++) open.push(openSync('/dev/null', 'r'));
      return escaped(`${open.length} are open`);
    } catch (error) {
      return refusal(error);
    } finally {
      for (const descriptor of open) closeSync(descriptor);
    }
  },
  'start too many threads': async () => {
    const workers = Array.from({ length: 48 }, () => new Worker('setTimeout(() => undefined, 1500)', { eval: true }));
    const started = await Promise.all(
      workers.map(
        (worker) =>
          new Promise<boolean>((resolve) => {
            worker.once('online', () => resolve(true)).once('error', () => resolve(false));
          }),
      ),
    );
    const count = started.filter(Boolean).length;
    return count === workers.length ? escaped(`${count} run`) : contained(`${count} of ${workers.length} run`);
  },
  'CPU time in one process': () => {
    for (const end = Date.now() + 5_000; Date.now() < end; );
    return escaped('five seconds were taken');
  },
  'CPU time in several processes': (context) =>
    together(4, '1 while (times)[0] + (times)[1] < 0.8; print "kept";', context),
  'CPU time in children that end': async () => {
    for (let index = 0; index < 5; index++) {
      const { error } = perl('1 while (times)[0] + (times)[1] < 0.5;');
      if (error) return notTried(error.message);
      await pause(1);
    }
    return escaped('five children took half a second each');
  },
  'CPU time in children that nobody waits for': (context) =>
    together(
      1,
      `$SIG{CHLD} = "IGNORE";
       for (1..5) { my $p = fork; exit unless defined $p; if (!$p) { 1 while (times)[0] + (times)[1] < 0.5; exit } 1 while waitpid($p, 0) > 0 }
       print "kept";`,
      context,
    ),
  'time without end': async () => {
    await pause(8_000);
    return escaped('eight seconds went by');
  },
  'a flood of messages': async ({ send }) => {
    const message = `${JSON.stringify({ jsonrpc: '2.0', method: 'log', params: { level: 'info', message: 'more' } })}\n`;
    for (let index = 0; index < 100; index++) {
      send(message.repeat(100));
      await pause(5);
    }
    return escaped('ten thousand messages were taken');
  },
  'a flood of submitted tasks': async ({ id, ask }) => {
    const task = { tool: 'jsonl-parser', input: { text: '1' } };
    const answers = await Promise.all(Array.from({ length: 400 }, () => ask('submit', { for: id, task })));
    const taken = answers.filter(({ error }) => !error).length;
    return taken === answers.length ? escaped(`${taken} tasks were taken`) : contained(`${taken} were taken`);
  },
  'a flood of blank lines': async ({ send }) => {
    const block = Buffer.alloc(megabyte, '\n');
    for (let index = 0; index < 48; index++) {
      send(block);
      await pause(20);
    }
    return escaped('forty-eight megabytes were taken');
  },
  'a flood on stderr': async () => {
    const block = 'x'.repeat(megabyte);
    for (let index = 0; index < 48; index++) {
      process.stderr.write(block);
      await pause(5);
    }
    return contained('it was drained');
  },
};
