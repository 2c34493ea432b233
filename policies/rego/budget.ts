// How much an evaluation may take. Everything that repeats or grows pays here, so that nothing runs on for ever.
import { processorMs } from '../processor-time.ts';
import { RegoError } from './rego-error.ts';

export interface Limits {
  /** Literals tried, items iterated, characters that a builtin goes through. */
  readonly steps: number;
  /** Values and characters made. */
  readonly made: number;
  /** Milliseconds of the processor, for what the counts miss: an answer must not depend on how busy the machine is. */
  readonly timeMs: number;
}

export const defaultLimits: Limits = { steps: 20_000_000, made: 50_000_000, timeMs: 1000 };

/** Looking at the time takes 10 µs. What ends before the first look is not timed at all. */
const stepsBetweenLooks = 16_384;

export class Budget {
  readonly #limits: Limits;
  #startMs: number | undefined;
  #steps = 0;
  #made = 0;
  #nextLook = stepsBetweenLooks;

  constructor(limits: Limits = defaultLimits) {
    this.#limits = limits;
  }

  /** Throws eval_budget_error where it is used up. */
  spend(steps = 1): void {
    this.#steps += steps;
    if (this.#steps < this.#nextLook) return;
    if (this.#steps > this.#limits.steps)
      throw new RegoError('eval_budget_error', `more than ${this.#limits.steps} steps`);
    const nowMs = processorMs();
    this.#startMs ??= nowMs;
    if (nowMs - this.#startMs > this.#limits.timeMs)
      throw new RegoError('eval_budget_error', `longer than ${this.#limits.timeMs} ms`);
    this.#nextLook = this.#steps + stepsBetweenLooks;
  }

  /** For values or characters about to be made. */
  make(count: number): void {
    this.#made += count;
    if (this.#made > this.#limits.made)
      throw new RegoError('eval_budget_error', `more than ${this.#limits.made} values and characters made`);
    this.spend(count >> 3);
  }
}
