// System calls that no plugin needs. Arguments are such that a permitted call has no effect.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Attack, type Context, contained, escaped, notTried } from './attack.ts';
import { ownBuffer, systemCall } from './perl.ts';

const flagNewUser = '0x10000000';

const programFile = ({ marker }: Context) => join(tmpdir(), marker);

export const systemCalls: Readonly<Record<string, Attack>> = {
  'system call: mount': systemCall(
    'mount',
    'syscall($nr{mount}, text("none"), text("/"), 0, (1 << 20) | (1 << 18), 0)',
  ),
  'system call: umount2': systemCall('umount2', 'syscall($nr{umount2}, text("/usr/bin"), 0)'),
  'system call: pivot_root': systemCall('pivot_root', 'syscall($nr{pivot_root}, text("/nowhere"), text("/nowhere"))'),
  'system call: chroot': systemCall('chroot', 'syscall($nr{chroot}, text("/"))'),
  'system call: fsopen': systemCall('fsopen', 'syscall($nr{fsopen}, text("tmpfs"), 0)'),
  'system call: open_tree': systemCall('open_tree', 'syscall($nr{open_tree}, -100, text("/"), 1)'),
  'system call: mount_setattr': systemCall(
    'mount_setattr',
    'syscall($nr{mount_setattr}, -100, text("/"), 0, $attr, 32)',
    'my $attr = "\\0" x 32',
  ),
  'system call: unshare, user namespace': systemCall('unshare', `syscall($nr{unshare}, ${flagNewUser})`),
  'system call: unshare, mount namespace': systemCall('unshare', 'syscall($nr{unshare}, 0x00020000)'),
  'system call: clone, user namespace': systemCall(
    'clone',
    `do { my $p = syscall($nr{clone}, ${flagNewUser} | 17, 0, 0, 0, 0); if ($p == 0) { sleep 1; exit } $p }`,
  ),
  'system call: clone3, user namespace': systemCall(
    'clone3',
    'do { my $p = syscall($nr{clone3}, $args, 88); if ($p == 0) { sleep 1; exit } $p }',
    `my $args = pack("Q11", ${flagNewUser}, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)`,
  ),
  'system call: setns': systemCall(
    'setns',
    'syscall($nr{setns}, fileno($ns), 0)',
    'open(my $ns, "<", "/proc/self/ns/user") or die "no namespace file: $!"',
  ),
  'system call: ptrace': systemCall('ptrace', 'syscall($nr{ptrace}, 0, 0, 0, 0)'),
  'system call: process_vm_readv': systemCall(
    'process_vm_readv',
    'syscall($nr{process_vm_readv}, $$ + 0, $io, 1, $io, 1, 0)',
    ownBuffer,
  ),
  'system call: pidfd_getfd': systemCall(
    'pidfd_getfd',
    'syscall($nr{pidfd_getfd}, $pidfd, 1, 0)',
    'my $pidfd = syscall($nr{pidfd_open}, $$ + 0, 0); if ($pidfd < 0) { print "answered -1 ", $! + 0, "\\n"; exit }',
  ),
  'system call: kcmp': systemCall('kcmp', 'syscall($nr{kcmp}, $$ + 0, $$ + 0, 0, 0, 1)'),
  'system call: move_pages': systemCall('move_pages', 'syscall($nr{move_pages}, $$ + 0, 0, 0, 0, 0, 0)'),
  'system call: personality': systemCall('personality', 'syscall($nr{personality}, 0x0040000)'),
  'system call: perf_event_open': systemCall(
    'perf_event_open',
    'syscall($nr{perf_event_open}, $attr, 0, -1, -1, 0)',
    'my $attr = pack("LLQQQQQ", 1, 112, 0, 0, 0, 0, 0x61) . ("\\0" x 64)',
  ),
  'system call: bpf': systemCall(
    'bpf',
    'syscall($nr{bpf}, 0, $attr, 72)',
    'my $attr = pack("LLLL", 2, 4, 4, 1) . ("\\0" x 56)',
  ),
  'system call: keyctl': systemCall('keyctl', 'syscall($nr{keyctl}, 0, -3, 0)'),
  'system call: add_key': systemCall(
    'add_key',
    'syscall($nr{add_key}, text("user"), text("hostile"), text("x"), 1, -2)',
  ),
  'system call: request_key': systemCall(
    'request_key',
    'syscall($nr{request_key}, text("user"), text("hostile-none"), 0, 0)',
  ),
  'system call: io_uring_setup': systemCall(
    'io_uring_setup',
    'syscall($nr{io_uring_setup}, 1, $params)',
    'my $params = "\\0" x 120',
  ),
  'system call: userfaultfd': systemCall('userfaultfd', 'syscall($nr{userfaultfd}, 1)'),
  'system call: open_by_handle_at': systemCall(
    'open_by_handle_at',
    'syscall($nr{open_by_handle_at}, fileno($usr), $handle, 0)',
    'open(my $usr, "<", "/usr") or die; my $handle = pack("Ll", 8, 1) . ("\\0" x 8)',
  ),
  'system call: fanotify_init': systemCall('fanotify_init', 'syscall($nr{fanotify_init}, 0, 0)'),
  'system call: kexec_load': systemCall('kexec_load', 'syscall($nr{kexec_load}, 0, 0, 0, 0xff)'),
  'system call: init_module': systemCall('init_module', 'syscall($nr{init_module}, 0, 0, 0)'),
  'system call: delete_module': systemCall('delete_module', 'syscall($nr{delete_module}, 0, 0)'),
  'system call: reboot': systemCall('reboot', 'syscall($nr{reboot}, 0, 0, 0, 0)'),
  'system call: settimeofday': systemCall('settimeofday', 'syscall($nr{settimeofday}, 0, 0)'),
  'system call: quotactl': systemCall('quotactl', 'syscall($nr{quotactl}, 0xff, 0, 0, 0)'),
  'system call: swapon': systemCall('swapon', 'syscall($nr{swapon}, 0, 0)'),
  'system call: syslog': systemCall('syslog', 'syscall($nr{syslog}, 10, 0, 0)'),
  'system call: iopl': systemCall('iopl', 'syscall($nr{iopl}, 3)'),
  'system call: modify_ldt': systemCall(
    'modify_ldt',
    'syscall($nr{modify_ldt}, 0, $buffer, 16)',
    'my $buffer = "\\0" x 16',
  ),
  'system call: sethostname': systemCall(
    'sethostname',
    'syscall($nr{sethostname}, $name, length $name)',
    `my $name = ${JSON.stringify(hostname())}`,
  ),
  'system call: ioctl TIOCSTI': systemCall('ioctl', 'syscall($nr{ioctl}, 0, 0x5412, $byte)', 'my $byte = "x"'),
  'system call: another number space (x32)': (context) => {
    if (process.arch !== 'x64') return contained('no such numbers on this processor');
    return systemCall('ptrace', 'syscall(0x40000000 | 39)')(context);
  },
  'system call: the 32-bit entry': (context) => {
    if (process.arch !== 'x64') return contained('no such entry on this processor');
    writeFileSync(programFile(context), thirtyTwoBitCall());
    chmodSync(programFile(context), 0o755);
    const { status: code, signal, error } = spawnSync(programFile(context));
    rmSync(programFile(context));
    if (error)
      return (error as NodeJS.ErrnoException).code === 'EACCES' ? contained('EACCES') : notTried(error.message);
    return code === 42 ? escaped('answered') : contained(signal ? `ended by ${signal}` : 'refused');
  },
};

/** A 64-bit program that asks for its process id through interrupt 0x80 and ends with 42 when it is told. */
function thirtyTwoBitCall(): Buffer {
  const code = Buffer.from('b814000000cd8085c0bf2a0000007f05bf01000000b83c0000000f05', 'hex');
  const file = Buffer.alloc(120 + code.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(62, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(0x400078n, 24);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64);
  file.writeUInt32LE(5, 68);
  file.writeBigUInt64LE(0x400000n, 80);
  file.writeBigUInt64LE(0x400000n, 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(0x1000n, 112);
  code.copy(file, 120);
  return file;
}
