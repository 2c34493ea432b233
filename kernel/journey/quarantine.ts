// Quarantine: puts the task where nothing runs it again until a person has looked.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArbiterError } from '../../contracts/errors.ts';
import type { Envelope, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { Audit } from '../audit/audit.ts';
import type { Step } from './journey.ts';
import { slugOf } from './slug.ts';

/** `folder` is quarantine/ of the home. */
export function newQuarantine(audit: Audit, folder: string): Step {
  return async (journey) => {
    await journey.copy?.discard();
    const { line, error } = journey;
    if (error) writeQuarantine(folder, line.id, line.task as TaskBody['task'], line, error);
    await audit.outcome(journey, 'quarantined');
  };
}

/** Writes down what a person has to look at: the task, where it came from, and what went wrong. */
export function writeQuarantine(
  folder: string,
  id: string,
  task: TaskBody['task'],
  { source }: Pick<Envelope, 'source'>,
  { code, message, remedy }: ArbiterError,
): void {
  const { file, line, claim } = source ?? {};
  const record = { task, id, file, line, claim, code, message, remedy };
  writeFileSync(join(folder, `${slugOf(id)}.json`), `${JSON.stringify(record, null, 2)}\n`);
}
