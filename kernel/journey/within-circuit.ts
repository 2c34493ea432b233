// Tells the plugin's circuit how an attempt ended. What the task itself brought about is held against no plugin.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { CircuitRecord } from '../../contracts/generated/ledger.v1.ts';
import type { LoadedPlugin } from '../loader/plugin.ts';
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
  const { timeoutMs, budget } = line.task;
  const ownTime = timeoutMs !== undefined || budget?.timeMs !== undefined;
  if (error instanceof ArbiterError && error.code === 'PLUGIN_TIMEOUT' && ownTime) return 'cannot tell';
  return endingBy(error);
}

/** What a plugin's circuit is told of an attempt that ended in `error`. */
export function endingBy(error: unknown): Ending {
  if (!(error instanceof ArbiterError)) return 'cannot tell';
  const { code, actor } = error;
  if (code === 'TOOL_FAILED' || code === 'TOOL_FAILED_RETRYABLE') return 'answered';
  return actor === 'plugin-author' ? { fault: code } : 'cannot tell';
}

/** PLUGIN_CIRCUIT_OPEN, for a plugin that is left alone. */
export function leftAlone({ spec }: LoadedPlugin, circuit: CircuitRecord | undefined): ArbiterError {
  const { failures = 0, because = '', until = 'the end of the task that is being tried' } = circuit ?? {};
  return fault('PLUGIN_CIRCUIT_OPEN', { plugin: spec.id, failures, because, until });
}
