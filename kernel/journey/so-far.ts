// What a task that waits for its next attempt has behind it: written down, so that a kernel that was killed goes on with
// that attempt instead of the first, and the entry tells of all of them.
import { newTraceparent } from '../audit/telemetry.ts';
import { type Journey, newJourney, type TaskLine } from './journey.ts';

type Kept = 'attempt' | 'startedAt' | 'traceparent' | 'retries' | 'denied' | 'network' | 'spent';

export interface SoFar extends Pick<Journey, Kept> {
  /** What was written down by an earlier version has none. */
  readonly approvals?: Journey['approvals'];
}

/** `attempt` is the next one. */
export function soFar(journey: Journey): SoFar {
  const { attempt, startedAt, traceparent, retries, denied, network, spent, approvals } = journey;
  return { attempt: attempt + 1, startedAt, traceparent, retries, denied, network, spent, approvals };
}

/** A journey at its start; where there were attempts before, it counts on from them. */
export function startJourney(line: TaskLine, before?: SoFar): Journey {
  const journey = newJourney(line, before?.traceparent ?? newTraceparent(line.task.traceparent));
  if (!before) return journey;
  const { attempt, startedAt, retries, denied, network, spent, approvals = [] } = before;
  return {
    ...{ ...journey, attempt, startedAt, spent, approvals },
    ...{ retries: [...retries], denied: [...denied], network: [...network] },
  };
}
