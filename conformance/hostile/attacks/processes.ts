// Other processes, and powers that the box takes away.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type Attack, type Context, contained, escaped, notTried, Refused, reaches } from './attack.ts';
import { ownBuffer, perl, systemCall } from './perl.ts';

const readsOfDecoy =
  (file: string): Attack =>
  ({ facts }) =>
    reaches(() => {
      if (readFileSync(`/proc/${facts.decoyPid}/${file}`, 'latin1').includes(facts.token)) return 'read the token';
      throw new Refused('another process has that number');
    });

/** The number may belong to a process of the box; the decoy is known by its command line. */
function demandDecoy({ facts }: Context): void {
  if (!readFileSync(`/proc/${facts.decoyPid}/cmdline`, 'latin1').includes(facts.token))
    throw new Refused('another process has that number');
}

const status = (field: string) =>
  new RegExp(`^${field}:\\s*(\\S+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1];

/** Starts a process that has left its session and its parents, and waits until it says so. */
async function startDaemon(
  marker: string,
  stdout: 'ignore' | 'inherit',
  then = 'sleep 8;',
  args: readonly string[] = [],
): Promise<void> {
  const program =
    'use POSIX; exit if fork; POSIX::setsid(); exit if fork; $SIG{TERM} = $SIG{HUP} = "IGNORE"; syswrite(STDERR, "there"); close(STDERR);';
  const child = spawn('/usr/bin/perl', ['-e', `${program} ${then}`, marker, ...args], {
    stdio: ['ignore', stdout, 'pipe'],
    detached: true,
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stderr?.once('data', () => resolve());
    child.stderr?.once('end', () => reject(new Error('the daemon did not start')));
  });
}

export const processes: Readonly<Record<string, Attack>> = {
  'see the kernel': ({ facts }) =>
    reaches(() => {
      if (readFileSync(`/proc/${facts.kernelPid}/cmdline`, 'latin1').includes('kernel-process')) return 'saw it';
      throw new Refused('another process has that number');
    }),
  'see any process outside': ({ facts }) =>
    reaches(() => {
      for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
        try {
          if (readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(`decoy-${facts.token}`)) return `saw ${name}`;
        } catch {}
      }
      throw new Refused('none');
    }),
  'signal a process outside': (context) =>
    reaches(() => {
      demandDecoy(context);
      return process.kill(context.facts.decoyPid, 0);
    }),
  'read the environment of a process outside': readsOfDecoy('environ'),
  'read the command line of a process outside': readsOfDecoy('cmdline'),
  'open the memory of a process outside': (context) =>
    reaches(() => {
      demandDecoy(context);
      closeSync(openSync(`/proc/${context.facts.decoyPid}/mem`, 'r+'));
    }),
  'read its own environment for what the kernel knows': ({ facts }) =>
    JSON.stringify(process.env).includes(facts.token) ? escaped('the token is in it') : contained('only its own'),
  'trace a process outside': (context) => {
    const blocked = blockedFromDecoy(context);
    return blocked ?? systemCall('ptrace', `syscall($nr{ptrace}, 0x4206, ${context.facts.decoyPid}, 0, 0)`)(context);
  },
  'read the memory of a process outside': (context) => {
    const blocked = blockedFromDecoy(context);
    if (blocked) return blocked;
    const call = `syscall($nr{process_vm_readv}, ${context.facts.decoyPid}, $io, 1, $io, 1, 0)`;
    return systemCall('process_vm_readv', call, ownBuffer)(context);
  },
  'leave a grandchild behind': async ({ marker }) => {
    await startDaemon(marker, 'ignore');
    return contained('left behind');
  },
  'leave a grandchild that holds stdout': async ({ marker }) => {
    await startDaemon(marker, 'inherit');
    return contained('left behind');
  },
  'leave a grandchild in a warm box': async ({ marker }) => {
    await startDaemon(marker, 'ignore');
    return contained('left behind');
  },
  'leave a grandchild and end': async ({ marker }) => {
    await startDaemon(marker, 'inherit');
    process.exit(0);
  },
  'leave a grandchild and never answer': async ({ marker }) => {
    await startDaemon(marker, 'inherit');
    return null;
  },
  'change the workspace after the answer': async ({ marker, workspace }) => {
    await startDaemon(
      marker,
      'ignore',
      'chdir $ARGV[1]; sleep 1; for (1..20) { open(my $f, ">", "late"); select(undef, undef, undef, 0.05) }',
      [workspace as string],
    );
    process.stdin.removeAllListeners();
    setInterval(() => undefined, 1000);
    return contained('left behind');
  },
  'ignore the request to end': () => {
    process.on('SIGTERM', () => undefined);
    setInterval(() => undefined, 1000);
    process.stdin.removeAllListeners();
    return contained('it goes on');
  },
  'start three hundred processes': ({ marker }) => {
    const { stdout, error } = perl(
      'my $n = 0; for (1..300) { my $p = fork; last unless defined $p; if (!$p) { sleep 2; exit } $n++ } print $n;',
      [marker],
      8_000,
    );
    if (error) return notTried(error.message);
    return Number(stdout) >= 300 ? escaped('all were started') : contained(`${stdout} were started`);
  },
  'hold capabilities': () => {
    const effective = status('CapEff');
    if (effective === undefined) return notTried('no CapEff');
    return /[1-9a-f]/.test(effective) ? escaped(`CapEff ${effective}`) : contained('none');
  },
  'keep capabilities within reach': () => {
    const [bounding, inheritable] = [status('CapBnd'), status('CapInh')];
    if (bounding === undefined) return notTried('no CapBnd');
    return /[1-9a-f]/.test(`${bounding}${inheritable}`) ? escaped(`CapBnd ${bounding}`) : contained('none');
  },
  'gain rights by a set-user-id program': () => {
    const programs = ['su', 'mount', 'passwd', 'newgrp', 'chsh']
      .map((name) => `/usr/bin/${name}`)
      .filter((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o4000) !== 0);
    const locked = status('NoNewPrivs');
    if (locked === undefined) return notTried('no NoNewPrivs');
    if (locked === '1') return contained('no new privileges');
    return programs.length > 0 ? escaped(`nothing keeps ${programs[0]} from it`) : contained('no such program');
  },
  'make a user namespace by a program': () => {
    const { status: code, error } = spawnSync('unshare', ['--user', '--map-root-user', 'true']);
    if (error) return notTried(error.message);
    return code === 0 ? escaped('made one') : contained(`unshare ended with ${code}`);
  },
  'raise its priority': () => {
    const { stdout, error } = perl('print setpriority(0, 0, -5) ? "raised" : "refused: $!";');
    if (error) return notTried(error.message);
    return stdout === 'raised' ? escaped(stdout) : contained(stdout);
  },
  'take a real-time priority': () => {
    const { status: code, error } = spawnSync('/usr/bin/chrt', ['--fifo', '1', 'true']);
    if (error) return notTried(error.message);
    return code === 0 ? escaped('taken') : contained(`chrt ended with ${code}`);
  },
  'raise its own limits': () => {
    const { status: code, error } = spawnSync('/usr/bin/prlimit', ['--nofile=65536:65536', '--', 'true']);
    if (error) return notTried(error.message);
    return code === 0 ? escaped('raised') : contained(`prlimit ended with ${code}`);
  },
  'be the last to be killed when memory is short': () =>
    reaches(() => writeFileSync('/proc/self/oom_score_adj', '-500')),
  'become root by name': () => reaches(beRoot),

  'push keys into the terminal of the kernel': () => reaches(() => closeSync(openSync('/dev/tty', 'r+'))),
};

function beRoot(): string {
  process.setuid?.(0);
  closeSync(openSync('/etc/shadow', 'r'));
  return 'reads what only root may';
}

/** Contained where the decoy cannot even be named. */
function blockedFromDecoy(context: Context): ReturnType<typeof contained> | null {
  try {
    demandDecoy(context);
    return null;
  } catch (error) {
    return contained((error as NodeJS.ErrnoException).code ?? (error as Error).message);
  }
}
