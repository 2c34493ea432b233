// Shared memory of System V outlives whoever made it. Where there is no box, an attack that was ended in the middle would
// leave it to the machine.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { segmentBytes } from './attacks/segment.ts';

/** Removes segments of the size that attacks make, that nobody holds. */
export function removeLeftSegments(): void {
  for (const line of readFileSync('/proc/sysvipc/shm', 'utf8').split('\n').slice(1)) {
    const [, id, , size, , , held] = line.trim().split(/\s+/);
    if (id !== undefined && Number(size) === segmentBytes && held === '0')
      spawnSync('/usr/bin/ipcrm', ['--shmem-id', id]);
  }
}
