// What a task may spend, over all its attempts. It is asked before an attempt and before the wait for one: what is spent
// already cannot be had back.
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { Journey } from '../journey/journey.ts';

/** BUDGET_SPENT when nothing would be left for an attempt that begins in `delayMs`. */
export function budgetSpent(journey: Journey, delayMs = 0): ArbiterError | undefined {
  const { budget } = journey.line.task;
  if (!budget) return undefined;
  const { timeMs, tokens, usd } = budget;
  const elapsed = Date.now() - journey.startedAt;
  if (timeMs !== undefined && elapsed + delayMs >= timeMs) return spent(journey, `${elapsed} ms`, `${timeMs} ms`);
  // Only a plugin that may say so can have spent, or be about to.
  if (!(journey.plugin?.spec.grants?.kernel ?? []).includes('spend')) return undefined;
  if (tokens !== undefined && journey.spent.tokens >= tokens)
    return spent(journey, `${journey.spent.tokens} tokens`, `${tokens} tokens`);
  if (usd !== undefined && journey.spent.usd >= usd) return spent(journey, `${journey.spent.usd} USD`, `${usd} USD`);
  return undefined;
}

/** Milliseconds that the budget leaves to an attempt that begins now. */
export function budgetLeftMs({ line, startedAt }: Journey): number {
  const { timeMs } = line.task.budget ?? {};
  return timeMs === undefined ? Number.POSITIVE_INFINITY : Math.max(1, timeMs - (Date.now() - startedAt));
}

/** Adds what a plugin says that it spent; false when that is no amount. */
export function addSpent(spent: Journey['spent'], { tokens = 0, usd = 0 }: Record<string, unknown>): boolean {
  const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;
  if (!isAmount(tokens) || !isAmount(usd) || !Number.isSafeInteger(spent.tokens + tokens)) return false;
  spent.tokens += tokens;
  spent.usd += usd;
  return true;
}

function spent({ retries }: Journey, used: string, budget: string): ArbiterError {
  const last = retries.at(-1);
  return fault('BUDGET_SPENT', { used, budget, last: last ? ` The last attempt failed: ${last.message}` : '' });
}
