// Asks FEEL whether a branch is to be taken. feelin warns where it should fail: a mistyped name is null and silently
// never matches. Here a warning is a failure, and so is every answer that is neither true, false nor null.
import { dateAndTime, type EvaluationResult, evaluate, parseDate } from 'feelin';
import { ToolFailure } from '../../../../pdk/define-plugin.ts';

export interface Condition {
  readonly name: string;
  readonly when: string;
}

export type Answer = EvaluationResult<unknown>;

/** Evaluates the condition. Throws when it is no FEEL. `now` is the only clock it may read. */
export function ask({ name, when }: Condition, facts: Record<string, unknown>, now: Date): Answer {
  const clock = {
    now: () => dateAndTime(now.toISOString()),
    today: () => parseDate(now.toISOString().slice(0, 'YYYY-MM-DD'.length)),
  };
  try {
    return evaluate(when, { ...clock, ...facts });
  } catch (error) {
    throw new ToolFailure(`Branch ${name}: the condition ${when} cannot be read: ${(error as Error).message}.`);
  }
}

/** Whether the branch is to be taken. */
export function isTrue({ name, when }: Condition, { value, warnings }: Answer): boolean {
  if (warnings[0]) throw new ToolFailure(`Branch ${name}: the condition ${when} is broken: ${warnings[0].message}.`);
  if (value === null || typeof value === 'boolean') return value === true;
  throw new ToolFailure(`Branch ${name}: the condition ${when} gives neither true nor false.`);
}
