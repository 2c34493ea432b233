// What a box uses, as /proc tells it: every process below its first one, summed. Shared pages count once, though finding
// out how often is dear: the plain sum is exact enough as long as it stays below the limit.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { namelessFiles } from './memory-files.ts';

export interface Usage {
  /** What its processes hold of their own and share among each other, bytes. */
  readonly memory: number;
  /** Of all its processes, those that ended included, seconds. */
  readonly cpuSeconds: number;
  /** Seconds of CPU that each process that runs has used itself, by pid and when it was started. */
  readonly cpuByProcess: ReadonlyMap<string, number>;
  /** Processes and threads in the innermost namespace: who built the box does not count. */
  readonly processes: number;
  /** The most that one process has open. */
  readonly openFiles: number;
}

const ticksPerSecond = 100;
/** A tree that grows while it is read is cut off here. */
const mostProcesses = 4096;
const tellsChildren = existsSync('/proc/thread-self/children');

/**
 * What the process `pid` and all below it use; `memoryLimit` bytes is where memory has to be exact, and `searching`
 * whether nameless files are looked for.
 */
export function usageOf(pid: number, memoryLimit: number, searching = false): Usage {
  const pids = treeBelow(pid);
  const cpuByProcess = new Map<string, number>();
  const usage = { memory: 0, cpuSeconds: 0, cpuByProcess, processes: 0, openFiles: 0 };
  let deepest = 0;
  for (const one of pids) {
    const status = read(one, 'status');
    if (status === '') continue;
    const depth = namespaceDepth(status);
    if (depth > deepest) {
      deepest = depth;
      usage.processes = 0;
    }
    usage.memory += kilobytes(status, 'RssAnon') + kilobytes(status, 'RssShmem');
    if (depth === deepest) usage.processes += Number(/^Threads:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    const { own, children, startedAt } = cpuOf(read(one, 'stat'));
    usage.cpuSeconds += own + children;
    cpuByProcess.set(`${one} ${startedAt}`, own);
    usage.openFiles = Math.max(usage.openFiles, openFilesOf(one));
  }
  const nameless = searching ? namelessFiles(pids) : 0;
  usage.memory += nameless;
  if (usage.memory > memoryLimit) usage.memory = Math.max(nameless, exactMemory(pids) ?? usage.memory);
  return usage;
}

/** The processes below `pid` that are in a process namespace of their own, which is what a box is. */
export function processesInBoxes(pid: number): number[] {
  const depth = namespaceDepth(read(pid, 'status'));
  return treeBelow(pid).filter((one) => namespaceDepth(read(one, 'status')) > depth);
}

/** The process and all below it. Whose parent ended is below the box's own first process; a plain one may be missed. */
function treeBelow(pid: number): number[] {
  const found = [pid];
  for (let index = 0; index < found.length && found.length < mostProcesses; index++)
    found.push(...childrenOf(found[index] as number));
  return found;
}

/** The processes that `pid` started and that still run. */
export function childrenOf(pid: number): number[] {
  if (!tellsChildren) return allChildren().get(pid) ?? [];
  return list(`/proc/${pid}/task`).flatMap((thread) =>
    read(pid, `task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

/** Where the machine's kernel was built without lists of children: everybody's parent, looked up. */
function allChildren(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const pid of list('/proc').map(Number).filter(Number.isInteger)) {
    const parent = Number(statFields(read(pid, 'stat'))[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
}

/** Whether it is the first process of a namespace below this one. */
export function startsNamespace(pid: number): boolean {
  return /^NSpid:(\s+\d+)+\s+1$/m.test(read(pid, 'status'));
}

/** How many process namespaces a process is in, the kernel's own included. */
function namespaceDepth(status: string): number {
  return /^NSpid:(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/).length ?? 0;
}

function exactMemory(pids: readonly number[]): number | null {
  let sum = 0;
  for (const pid of pids) {
    const text = read(pid, 'smaps_rollup');
    sum += kilobytes(text, 'Pss_Anon') + kilobytes(text, 'Pss_Shmem');
  }
  return sum === 0 ? null : sum;
}

/** Fields 14 to 17 and 22 of proc(5): its own user and system time, that of children it has waited for, its start. */
function cpuOf(stat: string): { own: number; children: number; startedAt: string } {
  const fields = statFields(stat);
  const seconds = (from: number) => (Number(fields[from] ?? 0) + Number(fields[from + 1] ?? 0)) / ticksPerSecond;
  return { own: seconds(11), children: seconds(13), startedAt: fields[19] ?? '' };
}

/** From field 3 on; the one before it is a name that may hold anything. */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Linux 6.2 and newer give the number as the folder's size; before that it is listed. */
function openFilesOf(pid: number): number {
  try {
    return statSync(`/proc/${pid}/fd`).size || list(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

/** A process that ended meanwhile reads as nothing. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
