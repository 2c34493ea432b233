// The system call filter: a classic BPF program, generated here and loaded by bubblewrap. It refuses what no plugin
// needs (EPERM), hides what a library falls back from (ENOSYS), and kills who comes by another ABI.
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Architecture, architectures } from './system-calls.ts';

/** Instructions of linux/bpf_common.h, as far as they are used. */
const load = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAnyBit = 0x45;
const answer = 0x06;

/** Answers of linux/seccomp.h. */
const allow = 0x7fff0000;
const killProcess = 0x80000000;
const fail = (errno: number) => 0x00050000 | errno;
const notPermitted = fail(1);
const familyNotSupported = fail(97);
const notImplemented = fail(38);

/** Where struct seccomp_data holds what; the low half of an argument, for all that is compared fits in it. */
const callNumber = 0;
const auditArchitecture = 4;
const argument = (index: number) => 16 + 8 * index;

/** CLONE_NEWTIME (which shares a bit with the exit signal) is left to unshare, which is refused. */
const cloneNewNamespaces = 0x7e020000;
const families = { unix: 1, ipv4: 2, ipv6: 10, netlink: 16 };
/** What lets a process type into somebody's terminal: TIOCSTI, TIOCLINUX. */
const typingRequests = [0x5412, 0x541c];
/** PER_LINUX, PER_LINUX32, UNAME26 with either, and asking: as containers allow. */
const harmlessPersonalities = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];
/** glibc and others take the older call when these are not there. */
const hidden = new Set(['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register', 'memfd_create']);
const decidedByArgument = new Set(['clone', 'socket', 'ioctl', 'personality']);

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

/** The filter for processors of `name`, as `struct sock_filter[]`; null where no table of system calls is known. */
export function seccompFilter(name: NodeJS.Architecture = process.arch): Buffer | null {
  const architecture = architectures[name];
  return architecture ? assemble(instructions(architecture)) : null;
}

function instructions({ audit, otherAbi, calls }: Architecture): Instruction[] {
  const refused = Object.entries(calls).filter(([call]) => !decidedByArgument.has(call));
  return [
    [load, 0, 0, auditArchitecture],
    [jumpIfEqual, 1, 0, audit],
    [answer, 0, 0, killProcess],
    [load, 0, 0, callNumber],
    ...(otherAbi === 0 ? [] : [skipUnless(jumpIfAnyBit, otherAbi, 1), [answer, 0, 0, killProcess] as const]),
    ...refused.flatMap(([call, number]) => [
      skipUnless(jumpIfEqual, number, 1),
      [answer, 0, 0, hidden.has(call) ? notImplemented : notPermitted] as const,
    ]),
    ...forCall(calls.clone as number, [
      [load, 0, 0, argument(0)],
      skipUnless(jumpIfAnyBit, cloneNewNamespaces, 1),
      [answer, 0, 0, notPermitted],
      [answer, 0, 0, allow],
    ]),
    ...forCall(calls.socket as number, only(argument(0), Object.values(families), familyNotSupported)),
    ...forCall(calls.ioctl as number, [
      [load, 0, 0, argument(1)],
      ...typingRequests.flatMap((request) => [
        skipUnless(jumpIfEqual, request, 1),
        [answer, 0, 0, notPermitted] as const,
      ]),
      [answer, 0, 0, allow],
    ]),
    ...forCall(calls.personality as number, only(argument(0), harmlessPersonalities, notPermitted)),
    [answer, 0, 0, allow],
  ];
}

/** Compares the accumulator; goes on when it fits, and leaves out `next` instructions when not. */
function skipUnless(comparison: number, operand: number, next: number): Instruction {
  return [comparison, 0, next, operand];
}

/** `body`, which has to end in an answer, for the system call with that number. */
function forCall(number: number, body: readonly Instruction[]): Instruction[] {
  return [skipUnless(jumpIfEqual, number, body.length), ...body];
}

/** Allows where what lies at `offset` is one of `values`, and gives `otherwise` where not. */
function only(offset: number, values: readonly number[], otherwise: number): Instruction[] {
  return [
    [load, 0, 0, offset],
    ...values.flatMap((value) => [skipUnless(jumpIfEqual, value, 1), [answer, 0, 0, allow] as const]),
    [answer, 0, 0, otherwise],
  ];
}

function assemble(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, ifTrue, ifFalse, operand]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(operand >>> 0, index * 8 + 4);
  }
  return bytes;
}

let kept: number | undefined;

/** Opens the filter for one box to read; the caller closes it. Each gets a position of its own in the same nameless file. */
export function openSeccompFilter(): number {
  kept ??= nameless(seccompFilter() as Buffer);
  return openSync(`/proc/self/fd/${kept}`, 'r');
}

function nameless(content: Buffer): number {
  const folder = mkdtempSync(join(tmpdir(), 'arbiter-filter-'));
  try {
    const file = join(folder, 'filter');
    writeFileSync(file, content);
    return openSync(file, 'r');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
