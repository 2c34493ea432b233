// Quarantine: puts the task where nothing runs it again until a person has looked.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Audit } from '../audit/audit.ts';
import type { Step } from './journey.ts';
import { slugOf } from './slug.ts';

/** `folder` is quarantine/ of the home. */
export function newQuarantine(audit: Audit, folder: string): Step {
  return async (journey) => {
    await journey.copy?.discard();
    const { line, error } = journey;
    const { claim, file, line: number } = line.source;
    const record = {
      task: line.task,
      id: line.id,
      file,
      line: number,
      claim,
      code: error?.code,
      message: error?.message,
    };
    writeFileSync(join(folder, `${slugOf(line.id)}.json`), `${JSON.stringify(record, null, 2)}\n`);
    await audit.outcome(journey, 'quarantined');
  };
}
