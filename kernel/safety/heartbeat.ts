// Proof of life: a small file that a running kernel writes again and again. Where it stands and nothing answers, a kernel
// ended without stopping.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive } from './is-alive.ts';

export interface Heartbeat {
  readonly pid: number;
  /** RFC 3339. */
  readonly time: string;
  readonly counts: Readonly<Record<string, number>>;
}

const heartbeatMs = 5_000;
/** After so long without one, nobody is expected to write another. */
const staleMs = 3 * heartbeatMs;

/** Begins to write; the function that it gives ends that and removes the file. */
export function startHeartbeat(file: string, counts: () => Heartbeat['counts']): () => void {
  const beat = () => {
    const heartbeat: Heartbeat = { pid: process.pid, time: new Date().toISOString(), counts: counts() };
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(heartbeat)}\n`);
      renameSync(`${file}.new`, file);
    } catch {
      // On a full disk: an old one says as much.
    }
  };
  beat();
  const timer = setInterval(beat, heartbeatMs).unref();
  return () => {
    clearInterval(timer);
    rmSync(file, { force: true });
  };
}

/** Null where none was left. */
export function readHeartbeat(file: string): Heartbeat | null {
  try {
    const heartbeat: Heartbeat = JSON.parse(readFileSync(file, 'utf8'));
    return typeof heartbeat.pid === 'number' && Number.isFinite(Date.parse(heartbeat.time)) ? heartbeat : null;
  } catch {
    return null;
  }
}

/** Whether whoever wrote it is gone. */
export function isStale({ pid, time }: Heartbeat): boolean {
  return Date.now() - Date.parse(time) > staleMs || !isAlive(pid);
}
