// Programs that outlive a killed kernel: its git would move a branch late, or hold a lock; its cp would fill a copy that
// is being removed. Whoever has the writer's lock of a home is its only kernel, so that what bears the home's mark and is
// not its own child was left behind.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const name = 'ARBITER_CHILD_OF';
let mark: Record<string, string> = {};

/** What the environment of a program has to hold that works outside of boxes. */
export function childMark(): Readonly<Record<string, string>> {
  return mark;
}

/** Waits until what an earlier kernel of the home at `path` started has ended; kills what takes longer than `patienceMs`. */
export async function outliveOrphans(path: string, patienceMs = 5_000): Promise<number> {
  const orphans = processesMarked(`${name}=${path}`);
  const until = Date.now() + patienceMs;
  for (let left = orphans; left.length > 0; left = processesMarked(`${name}=${path}`)) {
    if (Date.now() > until) for (const pid of left) killIfThere(pid);
    await delay(10);
  }
  mark = { [name]: path };
  return orphans.length;
}

function processesMarked(entry: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        // What has ended and was not waited for has an empty environment.
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(entry);
      } catch {
        // It has ended, or is somebody else's.
        return false;
      }
    });
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
