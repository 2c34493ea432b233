// Runs the writer's program, alone or under strace, which records its system calls or makes some of them fail.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';

const program = fileURLToPath(new URL('./writer-program.ts', import.meta.url));

/** A folder of its own for a ledger and its anchor. */
export interface FaultPlace {
  readonly folder: string;
  readonly ledger: string;
  readonly state: string;
  remove(): void;
}

export function faultPlace(): FaultPlace {
  const folder = mkdtempSync(join(tmpdir(), 'arbiter-faults-'));
  const state = join(folder, 'state');
  mkdirSync(state);
  return {
    folder,
    ledger: join(folder, 'home', 'ledger', 'ledger.db'),
    state,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Written {
  readonly acknowledged: Map<string, number>;
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

export interface Work {
  readonly first: number;
  readonly count: number;
  readonly group: number;
  readonly mode: 'FULL' | 'NORMAL' | 'thread';
}

/** `wrap` is what stands before the program on its command line. */
export async function write(place: FaultPlace, work: Work, wrap: readonly string[] = []): Promise<Written> {
  const { first, count, group, mode } = work;
  const node = [process.execPath, program, place.ledger, `${first}`, `${count}`, `${group}`, mode];
  const [command, ...args] = [...wrap, ...node] as [string, ...string[]];
  const child = spawn(command, args, {
    env: { ...process.env, XDG_STATE_HOME: place.state },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<[number | null, string | null]>((resolve) => child.on('close', (...end) => resolve(end)));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status, signal] = await ended;
  const lines = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ') as [string, string]);
  return { acknowledged: new Map(lines.map(([seq, id]) => [id, Number(seq)])), status, signal, stderr };
}

/** Whether strace is here and may trace. */
export function canTrace(): boolean {
  try {
    return execaSync('strace', ['-o', '/dev/null', 'true'], { reject: false }).exitCode === 0;
  } catch {
    return false;
  }
}
