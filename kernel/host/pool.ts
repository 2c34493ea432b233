// Warm processes of one plugin in one box: started as load asks for them, shared where the category allows it.
import os from 'node:os';
import { fault } from '../../contracts/errors.ts';
import type { Call, PluginProcess } from './talk/plugin-process.ts';
import { Interrupted } from './talk/plugin-process.ts';

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
  /** Rejects with a catalogue error, or with `Interrupted` when the pool was stopped meanwhile. */
  execute(call: Call): Promise<unknown>;
  /** When the last request ended, milliseconds since the epoch; null while one is in flight. */
  readonly idleSince: number | null;
  stop(graceMs: number): Promise<void>;
}

interface Seat {
  readonly process: PluginProcess;
  taken: number;
}

/** A request without a seat yet. */
interface Waiter {
  seated(seat: Seat): void;
  refused(error: unknown): void;
}

export function newPool(options: PoolOptions): Pool {
  const seats = new Set<Seat>();
  /** Processes of their own, for the requests that were interrupted. */
  const singles = new Set<PluginProcess>();
  const queue: Waiter[] = [];
  let starting = 0;
  let calls = 0;
  let idleSince: number | null = Date.now();
  let stopped = false;

  function takeSeat(): Promise<Seat> {
    return new Promise((seated, refused) => {
      queue.push({ seated, refused });
      serve();
    });
  }

  /** Seats who waits in the least busy process, and starts another as long as that is allowed and none is idle. */
  function serve(): void {
    while (queue.length > 0) {
      const free = leastBusy();
      if (free && (free.taken === 0 || !mayGrow())) queue.shift()?.seated(taken(free));
      else if (mayGrow()) void growFor(queue.shift() as Waiter);
      else return;
    }
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

  /** A start that fails is the fault of nobody else who waits: the next one tries again. */
  async function growFor(waiter: Waiter): Promise<void> {
    starting += 1;
    try {
      const seat = { process: await start(), taken: 0 };
      seats.add(seat);
      waiter.seated(taken(seat));
    } catch (error) {
      waiter.refused(error);
    }
    starting -= 1;
    serve();
  }

  /** Nothing is started, and nothing that was being started is left, once the pool has stopped. */
  async function start(): Promise<PluginProcess> {
    const process = stopped ? null : await options.start();
    if (process && !stopped) return process;
    await process?.stop(0);
    throw new Interrupted(fault('CANCELLED', { detail: ': the kernel stops' }));
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
    serve();
  }

  /** In a process of its own: after another request ended a shared one, this tells the guilty from the bystanders. */
  async function executeAlone(call: Call): Promise<unknown> {
    const process = await start();
    singles.add(process);
    try {
      return await process.execute(call);
    } catch (error) {
      throw error instanceof Interrupted && !stopped ? error.cause : error;
    } finally {
      void process.stop(options.graceMs).then(() => singles.delete(process));
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
        if (error instanceof Interrupted && !stopped) return await executeAlone(call);
        throw error;
      } finally {
        if (--calls === 0) idleSince = Date.now();
      }
    },
    async stop(graceMs) {
      stopped = true;
      const processes = [...[...seats].map(({ process }) => process), ...singles];
      await Promise.all(processes.map((process) => process.stop(graceMs)));
    },
  };
}

/** One process a core, when a plugin does not say. */
export const defaultProcesses = Math.max(1, os.availableParallelism());
