// Keeps the limits that belong to a box as a whole, which no process limit of the machine's kernel can: looks at every
// box again and again, often while it works and seldom while it waits, and never for more than a small part of the time.
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';
import type { LimitName } from '../talk/limit-behind.ts';
import { newSharedMemoryNotice } from './memory-files.ts';
import { type Usage, usageOf } from './usage.ts';

export interface Watched {
  readonly pid: number;
  readonly limits: CategoryBudget;
  /** Whether it has a task. */
  busy(): boolean;
  /** The box has to go: `limit` is reached, `detail` says by what. */
  onBreach(limit: LimitName, detail: string): void;
}

/** The look at one box. */
export interface Watch {
  /** Whether it has used so much of a lifetime's limit that another should follow it. */
  readonly worn: boolean;
  /** It gets a task now: looks at it soon. */
  hurry(): void;
  end(): void;
}

export interface Watchdog {
  watch(watched: Watched): Watch;
  stop(): void;
}

const busyMs = 50;
const idleMs = 1_000;
/** The time between two rounds is so many times what a round takes, up to a point. */
const restRatio = 30;
/** On a machine so busy that a round takes long, a box that works is still looked at so often. */
const longestRestMs = 250;
const wornAt = 0.6;
const megabyte = 1024 * 1024;

/** Milliseconds until the next round, which is wanted after `pace`, when the last one took `roundMs`. */
function pauseBetween(pace: number, roundMs: number): number {
  return Math.max(pace, Math.min(longestRestMs, roundMs * restRatio));
}

/** What is known of a box from earlier looks. */
interface Seen {
  usage: Usage | null;
  /** What processes that have ended had used when they were last seen, seconds. */
  cpuEnded: number;
}

export function newWatchdog(): Watchdog {
  const boxes = new Map<Watched, Seen>();
  const sharedMemoryGrew = newSharedMemoryNotice();
  let timer: NodeJS.Timeout | undefined;
  let pace = idleMs;
  let roundMs = 0;

  function schedule(): void {
    clearTimeout(timer);
    timer = boxes.size === 0 ? undefined : setTimeout(round, pauseBetween(pace, roundMs)).unref();
  }

  function round(): void {
    const start = performance.now();
    const searching = sharedMemoryGrew();
    let busy = false;
    for (const [watched, seen] of [...boxes]) {
      // One that ended meanwhile, because of another's breach, is not looked at.
      if (!boxes.has(watched)) continue;
      const usage = look(seen, usageOf(watched.pid, watched.limits.memoryMb * megabyte, searching));
      busy ||= watched.busy();
      const breach = breachOf(usage, watched.limits);
      if (breach) watched.onBreach(...breach);
    }
    roundMs = performance.now() - start;
    pace = busy ? busyMs : idleMs;
    schedule();
  }

  return {
    watch(watched) {
      const seen: Seen = { usage: null, cpuEnded: 0 };
      boxes.set(watched, seen);
      if (timer === undefined) schedule();
      return {
        get worn() {
          const { usage } = seen;
          if (!usage) return false;
          const { limits } = watched;
          return usage.memory > wornAt * limits.memoryMb * megabyte || usage.cpuSeconds > wornAt * limits.cpuSeconds;
        },
        hurry() {
          if (pace === busyMs) return;
          pace = busyMs;
          schedule();
        },
        end() {
          boxes.delete(watched);
        },
      };
    },
    stop() {
      clearTimeout(timer);
      boxes.clear();
    },
  };
}

/**
 * Takes a new look. A process that ends without anybody waiting for it takes its time along, so what it was last seen to
 * have used is kept; either way of counting leaves something out, and the larger one is nearer to the truth.
 */
function look(seen: Seen, usage: Usage): Usage {
  for (const [process, seconds] of seen.usage?.cpuByProcess ?? [])
    if (!usage.cpuByProcess.has(process)) seen.cpuEnded += seconds;
  const running = [...usage.cpuByProcess.values()].reduce((sum, seconds) => sum + seconds, 0);
  seen.usage = { ...usage, cpuSeconds: Math.max(usage.cpuSeconds, running + seen.cpuEnded) };
  return seen.usage;
}

function breachOf(usage: Usage, limits: CategoryBudget): [LimitName, string] | null {
  const memoryMb = Math.round(usage.memory / megabyte);
  if (usage.memory > limits.memoryMb * megabyte) return ['memoryMb', `its processes held ${memoryMb} MB`];
  if (usage.cpuSeconds >= limits.cpuSeconds)
    return ['cpuSeconds', `its processes used ${usage.cpuSeconds.toFixed(1)} s`];
  if (usage.processes >= limits.processes) return ['processes', `it had ${usage.processes} processes and threads`];
  if (usage.openFiles >= limits.openFiles) return ['openFiles', `one of its processes had ${usage.openFiles} open`];
  return null;
}
