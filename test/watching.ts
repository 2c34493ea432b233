// A kernel that watches, as a test sees it: its events, and how it ended.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ask } from '../kernel/control.ts';
import type { TemporaryHome } from './temporary-home.ts';

export interface Watching {
  readonly kernel: ChildProcess;
  readonly events: Record<string, unknown>[];
  /** Until so many events of a kind have come. */
  seen(kind: string, times?: number): Promise<void>;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts it and waits until it can be reached. */
export async function watching(at: TemporaryHome, ...args: readonly string[]): Promise<Watching> {
  const kernel = at.begin('start', '--json', ...args);
  const events: Record<string, unknown>[] = [];
  const lines = createInterface({ input: kernel.stdout as NonNullable<typeof kernel.stdout> });
  lines.on('line', (line) => events.push(JSON.parse(line)));
  const ended = once(kernel, 'exit').then(([code]) => code as number | null);
  const seen = async (kind: string, times = 1) => {
    while (events.filter(({ event }) => event === kind).length < times) {
      if (kernel.exitCode !== null) throw new Error(`The kernel ended before it told of ${times} × ${kind}.`);
      await new Promise(setImmediate);
    }
  };
  await seen('started');
  while ((await ask(at.home.socket, { command: 'status' })) === null) await new Promise(setImmediate);
  return { kernel, events, seen, ended };
}
