// Raw system calls, without a compiler: perl is on every Debian, and /usr is in every box.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { type Attack, contained, escaped, notTried } from './attack.ts';

/** Numbers on x86_64 and aarch64; null where there is none. */
const numbers = {
  add_key: [248, 217],
  bpf: [321, 280],
  chroot: [161, 51],
  clone: [56, 220],
  clone3: [435, 435],
  delete_module: [176, 106],
  fanotify_init: [300, 262],
  fsopen: [430, 430],
  init_module: [175, 105],
  io_setup: [206, 0],
  io_uring_setup: [425, 425],
  ioctl: [16, 29],
  iopl: [172, null],
  kcmp: [312, 272],
  kexec_load: [246, 104],
  keyctl: [250, 219],
  memfd_create: [319, 279],
  mknodat: [259, 33],
  mmap: [9, 222],
  modify_ldt: [154, null],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_pages: [279, 239],
  open_by_handle_at: [304, 265],
  open_tree: [428, 428],
  perf_event_open: [298, 241],
  personality: [135, 92],
  pidfd_getfd: [438, 438],
  pidfd_open: [434, 434],
  pivot_root: [155, 41],
  process_vm_readv: [310, 270],
  ptrace: [101, 117],
  quotactl: [179, 60],
  read: [0, 63],
  reboot: [169, 142],
  request_key: [249, 218],
  sethostname: [170, 161],
  setns: [308, 268],
  settimeofday: [164, 170],
  shmat: [30, 196],
  shmctl: [31, 195],
  shmdt: [67, 197],
  shmget: [29, 194],
  swapon: [167, 224],
  syslog: [103, 116],
  umount2: [166, 39],
  unshare: [272, 97],
  userfaultfd: [323, 282],
} as const;

export type SystemCall = keyof typeof numbers;

/**
 * Runs a perl program. `$nr{name}` gives numbers of system calls, `text(...)` a string that perl's `syscall` takes: no literal.
 */
export function perl(program: string, args: readonly string[] = [], timeout = 5_000): SpawnSyncReturns<string> {
  return spawnSync('/usr/bin/perl', perlArguments(program, args), { encoding: 'utf8', timeout, killSignal: 'SIGKILL' });
}

export function perlArguments(program: string, args: readonly string[] = []): string[] {
  const own = Object.keys(numbers).map((name) => `${name} => ${numberOf(name as SystemCall) ?? -1}`);
  return ['-e', `$| = 1; my %nr = (${own.join(', ')}); sub text { my $text = shift; $text } ${program}`, ...args];
}

function numberOf(name: SystemCall): number | null {
  return numbers[name][process.arch === 'arm64' ? 1 : 0];
}

/** What a filter or missing rights answer with. */
const refusals = ['EPERM', 'EACCES', 'ENOSYS', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'ESOCKTNOSUPPORT'];

/**
 * An attack that makes one system call and says whether it was reached. `expression` is perl that gives what `syscall`
 * gives; its arguments have no effect where the call is permitted. Any error other than a refusal means reached.
 */
export function systemCall(name: SystemCall, expression: string, before = ''): Attack {
  return () => {
    if (numberOf(name) === null) return contained('no such system call on this processor');
    return reachedBy(`${before}; $! = 0; my $r = ${expression}; print "answered $r ", $! + 0, "\\n";`);
  };
}

/** Runs a perl program that prints `answered <value> <errno>` and judges that. */
export function reachedBy(program: string): ReturnType<typeof contained> {
  const { stdout, stderr, signal, error } = perl(program);
  if (signal === 'SIGSYS') return contained('ended by SIGSYS');
  const [, value, errno] = /answered (-?\d+) (\d+)/.exec(stdout ?? '') ?? [];
  if (value === undefined) return notTried(`perl did not answer: ${error?.message ?? stderr}`);
  if (Number(value) >= 0) return escaped(`permitted, gave ${value}`);
  const code = nameOf(Number(errno));
  return refusals.includes(code) ? contained(code) : escaped(`reached, answered ${code}`);
}

function nameOf(errno: number): string {
  const names = Object.entries(constants.errno) as [string, number][];
  return names.find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}

/** Perl that makes `$io`, an iovec over sixteen bytes of its own. */
export const ownBuffer = 'my $data = "x" x 16; my $io = pack("JJ", unpack("J", pack("p", $data)), 16)';
