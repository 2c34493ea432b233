// The system calls that no plugin needs, and that a box would have to trust the machine's kernel with. Numbers are those
// of the Linux headers, by processor.

export interface Architecture {
  /** AUDIT_ARCH_… of linux/audit.h. */
  readonly audit: number;
  /** Numbers with this bit call another ABI (x32); 0 where there is none. */
  readonly otherAbi: number;
  readonly calls: Readonly<Record<string, number>>;
}

/** Same numbers everywhere: all that came after the tables were unified. */
const common = {
  ...{ pidfd_getfd: 438, process_madvise: 440, mount_setattr: 442, quotactl_fd: 443, memfd_secret: 447 },
  ...{ process_mrelease: 448, open_tree: 428, move_mount: 429, fsopen: 430, fsconfig: 431, fsmount: 432, fspick: 433 },
  ...{ io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, clone3: 435, open_tree_attr: 467 },
};

export const architectures: Readonly<Partial<Record<NodeJS.Architecture, Architecture>>> = {
  x64: {
    audit: 0xc000003e,
    otherAbi: 0x40000000,
    calls: {
      ...common,
      ...{ clone: 56, socket: 41, ioctl: 16, personality: 135 },
      ...{ ptrace: 101, process_vm_readv: 310, process_vm_writev: 311, kcmp: 312 },
      ...{ mount: 165, umount2: 166, pivot_root: 155, chroot: 161, unshare: 272, setns: 308 },
      ...{ open_by_handle_at: 304, name_to_handle_at: 303, fanotify_init: 300, quotactl: 179 },
      ...{ bpf: 321, perf_event_open: 298, userfaultfd: 323, add_key: 248, request_key: 249, keyctl: 250 },
      ...{ kexec_load: 246, kexec_file_load: 320, init_module: 175, finit_module: 313, delete_module: 176 },
      ...{ create_module: 174, get_kernel_syms: 177, query_module: 178, uselib: 134, sysfs: 139, ustat: 136 },
      ...{ reboot: 169, swapon: 167, swapoff: 168, sethostname: 170, setdomainname: 171, vhangup: 153 },
      ...{ settimeofday: 164, clock_settime: 227, clock_adjtime: 305, adjtimex: 159, acct: 163, syslog: 103 },
      ...{ iopl: 172, ioperm: 173, modify_ldt: 154, lookup_dcookie: 212, nfsservctl: 180, _sysctl: 156 },
      ...{ move_pages: 279, migrate_pages: 256, remap_file_pages: 216, memfd_create: 319 },
      ...{ shmget: 29, shmat: 30, shmctl: 31, shmdt: 67, semget: 64, msgget: 68 },
    },
  },
  arm64: {
    audit: 0xc00000b7,
    otherAbi: 0,
    calls: {
      ...common,
      ...{ clone: 220, socket: 198, ioctl: 29, personality: 92 },
      ...{ ptrace: 117, process_vm_readv: 270, process_vm_writev: 271, kcmp: 272 },
      ...{ mount: 40, umount2: 39, pivot_root: 41, chroot: 51, unshare: 97, setns: 268 },
      ...{ open_by_handle_at: 265, name_to_handle_at: 264, fanotify_init: 262, quotactl: 60 },
      ...{ bpf: 280, perf_event_open: 241, userfaultfd: 282, add_key: 217, request_key: 218, keyctl: 219 },
      ...{ kexec_load: 104, kexec_file_load: 294, init_module: 105, finit_module: 273, delete_module: 106 },
      ...{ reboot: 142, swapon: 224, swapoff: 225, sethostname: 161, setdomainname: 162, vhangup: 58 },
      ...{ settimeofday: 170, clock_settime: 112, clock_adjtime: 266, adjtimex: 171, acct: 89, syslog: 116 },
      ...{ lookup_dcookie: 18, nfsservctl: 42, move_pages: 239, migrate_pages: 238, remap_file_pages: 234 },
      ...{ memfd_create: 279, shmget: 194, shmat: 196, shmctl: 195, shmdt: 197, semget: 190, msgget: 186 },
    },
  },
};
