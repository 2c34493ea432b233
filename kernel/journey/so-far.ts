// What a task that waits for its next attempt has behind it: written down, so that a kernel that was killed goes on with
// that attempt instead of the first, and the entry tells of all of them.
import { newTraceparent } from '../audit/telemetry.ts';
import { type Journey, newJourney, type TaskLine } from './journey.ts';

export type SoFar = Pick<Journey, 'attempt' | 'startedAt' | 'traceparent' | 'retries' | 'denied' | 'network' | 'spent'>;

/** `attempt` is the next one. */
export function soFar({ attempt, startedAt, traceparent, retries, denied, network, spent }: Journey): SoFar {
  return { attempt: attempt + 1, startedAt, traceparent, retries, denied, network, spent };
}

/** A journey at its start; where there were attempts before, it counts on from them. */
export function startJourney(line: TaskLine, before?: SoFar): Journey {
  const journey = newJourney(line, before?.traceparent ?? newTraceparent(line.task.traceparent));
  if (!before) return journey;
  const { attempt, startedAt, retries, denied, network, spent } = before;
  return { ...journey, attempt, startedAt, retries: [...retries], denied: [...denied], network: [...network], spent };
}
