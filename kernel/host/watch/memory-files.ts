// Memory that belongs to files without a name (memfd_create): written and not mapped, it is in no process's figures. To
// look for it costs a look at every open file, so it is done only where such memory has grown in the machine as a whole.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

const noticeable = 32 * 1024 * 1024;
const bytesPerBlock = 512;

/** Says whether the machine's shared memory has grown so much since this was made that somebody should look. */
export function newSharedMemoryNotice(): () => boolean {
  const atFirst = sharedMemory();
  return () => sharedMemory() > atFirst + noticeable;
}

/** Bytes of nameless files that the processes hold open; one that several hold counts once. */
export function namelessFiles(pids: readonly number[]): number {
  const counted = new Set<string>();
  let bytes = 0;
  for (const pid of pids)
    for (const descriptor of descriptorsOf(pid)) {
      const file = namelessFile(`/proc/${pid}/fd/${descriptor}`);
      if (file === null || counted.has(file.identity)) continue;
      counted.add(file.identity);
      bytes += file.bytes;
    }
  return bytes;
}

function namelessFile(path: string): { identity: string; bytes: number } | null {
  try {
    if (!readlinkSync(path).startsWith('/memfd:')) return null;
    const { dev, ino, blocks } = statSync(path);
    return { identity: `${dev} ${ino}`, bytes: blocks * bytesPerBlock };
  } catch {
    return null;
  }
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    return [];
  }
}

function sharedMemory(): number {
  try {
    return Number(/^Shmem:\s*(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'latin1'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
