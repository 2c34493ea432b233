// Warm processes of one plugin in one box: started as load asks for them, shared where the category allows it.
import os from 'node:os';
import type { Call, PluginProcess } from './plugin-process.ts';
import { Interrupted } from './plugin-process.ts';

export interface PoolOptions {
  /** Starts a process and waits until it is ready. */
  start(): Promise<PluginProcess>;
  /** Most processes at a time. */
  readonly processes: number;
  /** Most requests in flight in one process. */
  readonly pipeline: number;
  /** Whether a process may serve another task after its first. */
  readonly reusable: boolean;
  readonly graceMs: number;
}

export interface Pool {
  execute(call: Call): Promise<unknown>;
  /** When the last request ended, milliseconds since the epoch; null while one is in flight. */
  readonly idleSince: number | null;
  stop(graceMs: number): Promise<void>;
}

interface Seat {
  readonly process: PluginProcess;
  taken: number;
}

export function newPool(options: PoolOptions): Pool {
  const seats = new Set<Seat>();
  const queue: ((seat: Seat) => void)[] = [];
  let starting = 0;
  let calls = 0;
  let idleSince: number | null = Date.now();

  /** A seat in the least busy process; waits when all are full, and starts another as long as that is allowed. */
  async function takeSeat(): Promise<Seat> {
    const free = leastBusy();
    if (free && (free.taken === 0 || !mayGrow())) return taken(free);
    if (mayGrow()) return taken(await grow());
    return new Promise((resolve) => queue.push(resolve));
  }

  function mayGrow(): boolean {
    return seats.size + starting < options.processes;
  }

  function leastBusy(): Seat | undefined {
    let best: Seat | undefined;
    for (const seat of seats) {
      if (seat.process.ended) seats.delete(seat);
      else if (seat.taken < options.pipeline && (!best || seat.taken < best.taken)) best = seat;
    }
    return best;
  }

  async function grow(): Promise<Seat> {
    starting += 1;
    try {
      const seat = { process: await options.start(), taken: 0 };
      seats.add(seat);
      return seat;
    } finally {
      starting -= 1;
    }
  }

  function taken(seat: Seat): Seat {
    seat.taken += 1;
    return seat;
  }

  function giveBack(seat: Seat): void {
    seat.taken -= 1;
    if (!options.reusable) {
      seats.delete(seat);
      void seat.process.stop(options.graceMs);
    }
    while (queue.length > 0) {
      const free = leastBusy();
      if (free) queue.shift()?.(taken(free));
      else if (mayGrow()) {
        const next = queue.shift();
        if (next)
          grow().then(
            (grown) => next(taken(grown)),
            () => queue.unshift(next),
          );
      } else return;
    }
  }

  /** In a process of its own: after another request ended a shared one, this tells the guilty from the bystanders. */
  async function executeAlone(call: Call): Promise<unknown> {
    const process = await options.start();
    try {
      return await process.execute(call);
    } catch (error) {
      throw error instanceof Interrupted ? error.cause : error;
    } finally {
      void process.stop(options.graceMs);
    }
  }

  async function executeShared(call: Call): Promise<unknown> {
    const seat = await takeSeat();
    try {
      return await seat.process.execute(call);
    } finally {
      giveBack(seat);
    }
  }

  return {
    get idleSince() {
      return idleSince;
    },
    async execute(call) {
      calls += 1;
      idleSince = null;
      try {
        return await executeShared(call);
      } catch (error) {
        if (error instanceof Interrupted) return await executeAlone(call);
        throw error;
      } finally {
        if (--calls === 0) idleSince = Date.now();
      }
    },
    async stop(graceMs) {
      await Promise.all([...seats].map((seat) => seat.process.stop(graceMs)));
    },
  };
}

/** One process a core, when a plugin does not say. */
export const defaultProcesses = Math.max(1, os.availableParallelism());
