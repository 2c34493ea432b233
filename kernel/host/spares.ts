// Processes that serve one task each, started ahead of need: a fresh box without its start-up time. As many wait as
// were lately wanted at one time; a start that fails is not repeated until somebody asks.
import type { PluginProcess } from './talk/plugin-process.ts';

export interface SparesOptions {
  /** Starts a process and waits until it is ready. */
  start(): Promise<PluginProcess>;
  /** Most that wait at one time. */
  readonly most: number;
  /** Does `work` when the task that was just given a process has had its start. */
  readonly later?: (work: () => void) => void;
}

export interface Spares {
  /** A process that has served nobody: one that waits, or a new one. Whoever takes it stops it, and says so. */
  take(): Promise<PluginProcess>;
  /** Resolves when a process waits for the next task, or its start has failed. */
  ready(): Promise<void>;
  /** The process taken has been stopped, or could not be had. */
  done(): void;
  /** When one was last asked for, milliseconds since the epoch; null while one is in use. */
  readonly idleSince: number | null;
  stop(graceMs: number): Promise<void>;
}

/** After so long a task counts as a long one: the start of another process would take time from a short one, milliseconds. */
const settledMs = 100;
const whenSettled = (work: () => void) => void setTimeout(work, settledMs).unref();

export function newSpares({ start, most, later = whenSettled }: SparesOptions): Spares {
  /** Started ahead, or on their way; null for one whose start failed. */
  const ahead: Promise<PluginProcess | null>[] = [];
  let inUse = 0;
  let wanted = 1;
  let idleSince: number | null = Date.now();
  let stopped = false;

  function fill(): void {
    while (!stopped && ahead.length < Math.min(most, wanted)) ahead.push(startAhead());
  }

  /** Nobody was promised this one, so nobody is told why it failed; but no other is started before somebody asks. */
  async function startAhead(): Promise<PluginProcess | null> {
    try {
      return await start();
    } catch {
      wanted = 0;
      return null;
    }
  }

  async function waiting(): Promise<PluginProcess | null> {
    for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
      const process = await next;
      // One that ended while it waited had no task to fail.
      if (process && !process.ended) return process;
    }
    return null;
  }

  function done(): void {
    inUse -= 1;
    fill();
    if (inUse > 0) return;
    idleSince = Date.now();
    wanted = Math.min(wanted, 1);
  }

  return {
    get idleSince() {
      return idleSince;
    },
    async take() {
      inUse += 1;
      idleSince = null;
      try {
        const process = (await waiting()) ?? (await start());
        wanted = Math.max(wanted, inUse, 1);
        later(fill);
        return process;
      } catch (error) {
        wanted = 0;
        done();
        throw error;
      }
    },
    async ready() {
      fill();
      await ahead[0];
    },
    done,
    async stop(grace) {
      stopped = true;
      await Promise.all(ahead.splice(0).map(async (process) => (await process)?.stop(grace)));
    },
  };
}
