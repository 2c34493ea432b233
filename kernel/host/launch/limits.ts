// The limits that the machine's kernel keeps for each process, as util-linux's `prlimit` sets them. What counts for a box
// as a whole is kept by the watchdog; here is what bounds a process between two of its looks.
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';

const megabyte = 1024 * 1024;
/** Node sets aside more than it uses: below this it does not start. */
const smallestDataMb = 1024;
/** Over the soft limit a process is told, which names the limit in how it ends; over the hard one it is gone. */
const graceSeconds = 2;

/**
 * `prlimit` to stand before the program. It belongs inside the box: outside, the number of processes is the whole
 * user's, and is not limited then.
 */
export function limitsPrefix(limits: CategoryBudget, countProcesses: boolean): string[] {
  return [
    'prlimit',
    '--core=0',
    `--cpu=${limits.cpuSeconds}:${limits.cpuSeconds + graceSeconds}`,
    `--data=${Math.max(2 * limits.memoryMb, smallestDataMb) * megabyte}`,
    `--nofile=${limits.openFiles}`,
    `--fsize=${limits.fileMb * megabyte}`,
    ...(countProcesses ? [`--nproc=${limits.processes}`] : []),
    '--',
  ];
}
