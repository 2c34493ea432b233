// Acquire: keeps the promise of an id. The same content gets the result it got before, other content is refused, and
// what did not succeed may come back, corrected. Ids that the kernel makes are new by construction; two lines with one
// id that are under way together are the schedule's business.
import { fault } from '../../contracts/errors.ts';
import type { TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { LedgerReader, StoredEntry } from '../../ledger/reader.ts';
import type { PastOutcome } from '../audit/past-outcome.ts';
import type { Step, TaskLine } from './journey.ts';

export function newAcquire(ledger: LedgerReader, pastOutcome: PastOutcome): Step {
  return async (journey) => {
    const { line } = journey;
    if (line.task.id === undefined) return;
    const past = ledger.outcomeOf(line.id);
    if (!past || mayComeBack(past, line)) return;
    if (past.body.taskDigest !== line.digest) throw fault('ID_REUSED', { id: line.id, entry: past.seq });
    journey.duplicate = true;
    journey.settled = { ...pastOutcome(past), duplicate: true };
  };
}

/** Not from the same file: there, the second line is a duplicate of the first whatever became of that. */
function mayComeBack(past: StoredEntry<TaskBody>, line: TaskLine): boolean {
  const succeeded = past.body.outcome === 'done' || past.body.outcome === 'planned';
  return !succeeded && past.envelope.source?.claim !== line.source.claim;
}
