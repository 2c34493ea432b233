// Warm processes of one plugin in one kind of box, shared by its tasks: more of them as load asks for it, fewer when
// they idle, and a new one in the place of each that has served long enough.
import os from 'node:os';
import { fault } from '../../contracts/errors.ts';
import { Interrupted } from './talk/conversation.ts';
import type { Call, PluginProcess } from './talk/plugin-process.ts';

export interface PoolOptions {
  /** Starts a process and waits until it is ready. */
  start(): Promise<PluginProcess>;
  /** Most processes at a time. */
  readonly processes: number;
  /** Most requests in flight in one process. */
  readonly pipeline: number;
  /** A process is replaced after so many tasks. */
  readonly recycleTasks: number;
  readonly graceMs: number;
}

export interface Pool {
  /** Rejects with a catalogue error, or with `Interrupted` when the pool was stopped meanwhile. */
  execute(call: Call): Promise<unknown>;
  /** When the last request ended, milliseconds since the epoch; null while one is in flight. */
  readonly idleSince: number | null;
  /** Lets go of all idle processes but one. */
  shrink(): void;
  stop(graceMs: number): Promise<void>;
}

interface Seat {
  readonly process: PluginProcess;
  taken: number;
  served: number;
}

/** A request without a seat yet. */
interface Waiter {
  seated(seat: Seat): void;
  refused(error: unknown): void;
}

/** After so many starts in a row that failed, the next ones are refused for a while with the same error. */
const startsInVain = 3;
const restMs = 10_000;

export function newPool(options: PoolOptions): Pool {
  const seats = new Set<Seat>();
  /** Processes that serve no new request: of their own for those that were interrupted, or on their way out. */
  const leaving = new Set<PluginProcess>();
  const queue: Waiter[] = [];
  let starting = 0;
  let inVain = { times: 0, until: 0, because: undefined as unknown };
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
      else if (seat.taken < options.pipeline && !(best && seat.taken >= best.taken) && !seat.process.clogged)
        best = seat;
    }
    return best;
  }

  /** A start that fails is the fault of nobody else who waits: the next one tries again, up to a point. */
  async function growFor(waiter: Waiter): Promise<void> {
    starting += 1;
    try {
      const seat = { process: await start(), taken: 0, served: 0 };
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
    if (inVain.times >= startsInVain && Date.now() < inVain.until) throw inVain.because;
    const process = stopped ? null : await startCounted();
    if (process && !stopped) return process;
    await process?.stop(0);
    throw new Interrupted(fault('CANCELLED', { detail: ': the kernel stops' }));
  }

  async function startCounted(): Promise<PluginProcess> {
    try {
      const process = await options.start();
      inVain = { times: 0, until: 0, because: undefined };
      return process;
    } catch (because) {
      inVain = { times: inVain.times + 1, until: Date.now() + restMs, because };
      throw because;
    }
  }

  function taken(seat: Seat): Seat {
    seat.taken += 1;
    seat.served += 1;
    if (seat.served >= options.recycleTasks || seat.process.worn) seats.delete(seat);
    return seat;
  }

  function giveBack(seat: Seat): void {
    seat.taken -= 1;
    if (seat.taken === 0 && !seats.has(seat)) letGo(seat.process);
    serve();
  }

  function letGo(process: PluginProcess): void {
    leaving.add(process);
    void process.stop(options.graceMs).then(() => leaving.delete(process));
  }

  /** In a process of its own: after another request ended a shared one, this tells the guilty from the bystanders. */
  async function executeAlone(call: Call): Promise<unknown> {
    const process = await start();
    leaving.add(process);
    try {
      return await process.execute(call);
    } catch (error) {
      throw error instanceof Interrupted && !stopped ? error.cause : error;
    } finally {
      letGo(process);
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
    shrink() {
      for (const seat of [...seats].filter(({ taken }) => taken === 0).slice(1)) {
        seats.delete(seat);
        letGo(seat.process);
      }
    },
    async stop(graceMs) {
      stopped = true;
      const processes = [...[...seats].map(({ process }) => process), ...leaving];
      await Promise.all(processes.map((process) => process.stop(graceMs)));
    },
  };
}

/** One process a core, when a plugin does not say. */
export const defaultProcesses = Math.max(1, os.availableParallelism());
