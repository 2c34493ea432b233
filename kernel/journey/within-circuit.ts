// Tells the plugin's circuit how an attempt ended. What the task itself brought about is held against no plugin.
import { ArbiterError } from '../../contracts/errors.ts';
import type { Ending } from '../safety/circuit-breaker.ts';
import type { Journey, Step } from './journey.ts';

/** `execute`, as Load plugin admitted it. */
export function withinCircuit(execute: Step): Step {
  return async (journey) => {
    try {
      await execute(journey);
      endAttempt(journey, 'answered');
    } catch (error) {
      endAttempt(journey, endingOf(journey, error));
      throw error;
    }
  };
}

export function endAttempt(journey: Journey, how: Ending): void {
  journey.admitted?.end(how);
  journey.admitted = undefined;
}

function endingOf({ line }: Journey, error: unknown): Ending {
  if (!(error instanceof ArbiterError)) return 'cannot tell';
  const { code, actor } = error;
  if (code === 'TOOL_FAILED' || code === 'TOOL_FAILED_RETRYABLE') return 'answered';
  const { timeoutMs, budget } = line.task;
  const ownTime = timeoutMs !== undefined || budget?.timeMs !== undefined;
  if (actor !== 'plugin-author' || (code === 'PLUGIN_TIMEOUT' && ownTime)) return 'cannot tell';
  return { fault: code };
}
