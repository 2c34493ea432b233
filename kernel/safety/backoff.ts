// How long to wait before another attempt.
import { noJitterGenerator } from 'cockatiel';

export type Strategy = 'linear' | 'exponential' | 'fibonacci';

const longestMs = 60 * 60 * 1000;

export interface Spread {
  /** The largest part of the delay that may be added to it, from 0 to 1. */
  readonly jitter?: number | undefined;
  readonly random?: () => number;
}

/** Milliseconds before the attempt after `failures` failures, spread so that retries do not march in step. */
export function backoffMs(
  strategy: Strategy,
  delayMs: number,
  failures: number,
  { jitter = 0.2, random = Math.random }: Spread = {},
): number {
  const exact = Math.min(exactMs(strategy, delayMs, failures), longestMs);
  return Math.round(exact * (1 + random() * jitter));
}

function exactMs(strategy: Strategy, delayMs: number, failures: number): number {
  switch (strategy) {
    case 'linear':
      return delayMs * failures;
    case 'exponential':
      return noJitterGenerator(failures - 1, { ...exponential, initialDelay: delayMs })[0];
    case 'fibonacci': {
      let [previous, current] = [0, 1];
      for (let step = 1; step < failures; step++) [previous, current] = [current, previous + current];
      return delayMs * current;
    }
  }
}

const exponential = { generator: noJitterGenerator, maxDelay: longestMs, exponent: 2 };
