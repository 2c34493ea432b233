// Checks what submitters write: tasks against task.v1.
import { check } from '../../contracts/check.ts';
import { fault } from '../../contracts/errors.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import { phrase } from './phrase.ts';

/** The value as a task. Throws TASK_UNKNOWN_KEY or TASK_INVALID. */
export function checkTask(value: unknown): Task {
  const checked = check('task.v1', value);
  if (checked.ok) return checked.value;
  const { detail, expectation, hint, unknownKey } = phrase(checked.misfits);
  if (unknownKey !== undefined) throw fault('TASK_UNKNOWN_KEY', { key: `"${unknownKey}"`, hint });
  throw fault('TASK_INVALID', { detail, expectation, hint });
}
