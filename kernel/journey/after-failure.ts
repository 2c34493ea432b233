// After a failure: another attempt, quarantine or the end. Who decides, strongest first: policy, task, decision table,
// plugin spec.
import type { ArbiterError } from '../../contracts/errors.ts';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { backoffMs, type Strategy } from '../safety/backoff.ts';
import { budgetSpent } from '../safety/budget.ts';
import type { Decide } from './decide.ts';
import type { Journey } from './journey.ts';

const kernelDefaults = { maxAttempts: 3, strategy: 'exponential', delayMs: 200 } as const;

/** What the table's output looks like once everyone has been asked. */
export interface Verdict {
  readonly action: string;
  readonly delayMs: number;
}

export type AfterFailure = (journey: Journey) => Promise<Verdict>;

/** Each verdict is kept in `journey.retries`: they differ from run to run, so they stand in the envelope. */
export function newAfterFailure(decide: Decide, limitsOf: (spec: PluginSpec) => CategoryBudget): AfterFailure {
  async function verdict(journey: Journey): Promise<Verdict> {
    const error = journey.error as ArbiterError;
    const record = await decide(journey, 'retry', {
      code: error.code,
      retryable: error.retryable,
      failures: journey.attempt,
      maxAttempts: mostAttempts(journey),
      tags: journey.line.task.tags ?? [],
      wished: journey.line.task.retry !== undefined,
    });
    journey.decisions.pop();
    const output = record.output as TableOutput;
    const delayMs = output.action === 'retry' ? delayFor(journey, output) : 0;
    journey.retries.push({ decision: record, code: error.code, message: error.message, delayMs });
    return { action: output.action, delayMs };
  }

  function mostAttempts({ line, plugin }: Journey): number {
    const spec = plugin?.spec;
    const wanted =
      line.task.retry?.maxAttempts ?? spec?.errorHandling?.retry?.maxAttempts ?? kernelDefaults.maxAttempts;
    return Math.min(wanted, (spec && limitsOf(spec).attempts) ?? wanted);
  }

  return async (journey) => {
    const first = await verdict(journey);
    if (first.action !== 'retry') return first;
    // An attempt that the budget does not reach for is not waited for.
    const spent = budgetSpent(journey, first.delayMs);
    if (!spent) return first;
    journey.error = spent;
    return verdict(journey);
  };
}

interface TableOutput {
  readonly action: string;
  readonly strategy: Strategy | null;
  readonly delayMs: number | null;
}

function delayFor({ line, plugin, attempt, error, circuit }: Journey, table: TableOutput): number {
  const { retry: wish } = line.task;
  const own = plugin?.spec.errorHandling?.retry;
  const delay = backoffMs(
    wish?.strategy ?? table.strategy ?? own?.strategy ?? kernelDefaults.strategy,
    wish?.delayMs ?? table.delayMs ?? own?.delayMs ?? kernelDefaults.delayMs,
    attempt,
    { jitter: wish?.jitter ?? own?.jitter },
  );
  // Nothing is let through before that.
  const opens = error?.code === 'PLUGIN_CIRCUIT_OPEN' && circuit?.until ? Date.parse(circuit.until) - Date.now() : 0;
  return Math.max(delay, opens);
}
