// How long to wait before another attempt.

export type Strategy = 'linear' | 'exponential' | 'fibonacci';

const longestMs = 60 * 60 * 1000;

/** Milliseconds before the attempt after `failures` failures, spread by up to a fifth so that retries do not march in step. */
export function backoffMs(
  strategy: Strategy,
  delayMs: number,
  failures: number,
  random: () => number = Math.random,
): number {
  const exact = delayMs * factor(strategy, failures);
  return Math.round(Math.min(exact, longestMs) * (1 + random() * 0.2));
}

function factor(strategy: Strategy, failures: number): number {
  switch (strategy) {
    case 'linear':
      return failures;
    case 'exponential':
      return 2 ** (failures - 1);
    case 'fibonacci': {
      let [previous, current] = [0, 1];
      for (let step = 1; step < failures; step++) [previous, current] = [current, previous + current];
      return current;
    }
  }
}
