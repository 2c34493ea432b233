// Other processes, and powers that a box takes away.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type After, type Case, noFilter, plain } from '../case.ts';

const others: readonly Case[] = [
  'see the kernel',
  'see any process outside',
  'signal a process outside',
  'read the environment of a process outside',
  'read the command line of a process outside',
  'open the memory of a process outside',
  'trace a process outside',
  'read the memory of a process outside',
].map((name) => ({ name, openAt: plain }));

const goneWithTheTask = ({ outlived, left }: After) =>
  outlived ? 'a process was there 100 ms after the result' : left ? 'a process outlived the kernel' : null;
const goneWithTheKernel = ({ left }: After) => (left ? 'a process outlived the kernel' : null);
const escapesSession = { process: 'a process that left the session of its plugin is not found again' } as const;

const leftovers: readonly Case[] = [
  {
    name: 'leave a grandchild behind',
    category: 'state-change',
    workspace: 'folder',
    outside: goneWithTheTask,
    openAt: escapesSession,
  },
  {
    name: 'leave a grandchild that holds stdout',
    category: 'state-change',
    workspace: 'folder',
    outside: goneWithTheTask,
    openAt: escapesSession,
  },
  { name: 'leave a grandchild in a warm box', limits: {}, outside: goneWithTheKernel, openAt: escapesSession },
  {
    name: 'leave a grandchild and end',
    codes: ['PLUGIN_DIED'],
    outside: goneWithTheTask,
    openAt: escapesSession,
  },
  {
    name: 'leave a grandchild and never answer',
    codes: ['PLUGIN_TIMEOUT'],
    timeoutMs: 3_000,
    outside: goneWithTheTask,
    openAt: escapesSession,
  },
  {
    name: 'change the workspace after the answer',
    category: 'state-change',
    workspace: 'folder',
    outside: (after) =>
      existsSync(join(after.workspace as string, 'late')) ? 'what came late was kept' : goneWithTheTask(after),
    openAt: escapesSession,
  },
  { name: 'ignore the request to end', category: 'state-change', workspace: 'folder', outside: goneWithTheTask },
];

const powers: readonly Case[] = [
  { name: 'read its own environment for what the kernel knows' },
  {
    name: 'start three hundred processes',
    limits: { processes: 48 },
    codes: ['PLUGIN_LIMIT', 'PLUGIN_DIED'],
    outside: goneWithTheKernel,
    openAt: { process: 'a limit on processes counts all of the user, so there is none without a box' },
  },
  ...[
    'hold capabilities',
    'keep capabilities within reach',
    'gain rights by a set-user-id program',
    'raise its priority',
    'take a real-time priority',
    'raise its own limits',
    'be the last to be killed when memory is short',
    'become root by name',
    'push keys into the terminal of the kernel',
  ].map((name) => ({ name, openAt: plain })),
  { name: 'make a user namespace by a program', openAt: noFilter },
];

/** Refused by missing capabilities already. */
const byCapabilities: readonly Case[] = [
  'mount',
  'umount2',
  'pivot_root',
  'chroot',
  'fsopen',
  'open_tree',
  'mount_setattr',
  'unshare, mount namespace',
  'open_by_handle_at',
  'kexec_load',
  'init_module',
  'delete_module',
  'reboot',
  'settimeofday',
  'swapon',
  'iopl',
  'sethostname',
].map((name) => ({ name: `system call: ${name}`, openAt: { process: noFilter.process } }));

/** Open to every user, or left to settings of the machine: only a filter is sure. */
const byFilter: readonly Case[] = [
  'unshare, user namespace',
  'clone, user namespace',
  'clone3, user namespace',
  'setns',
  'ptrace',
  'process_vm_readv',
  'pidfd_getfd',
  'kcmp',
  'move_pages',
  'personality',
  'perf_event_open',
  'bpf',
  'keyctl',
  'add_key',
  'request_key',
  'io_uring_setup',
  'userfaultfd',
  'fanotify_init',
  'quotactl',
  'syslog',
  'modify_ldt',
  'ioctl TIOCSTI',
  'another number space (x32)',
  'the 32-bit entry',
].map((name) => ({ name: `system call: ${name}`, openAt: noFilter }));

export const processCases: readonly Case[] = [...others, ...leftovers, ...powers, ...byCapabilities, ...byFilter];
