// An id that a submitter gives is a promise: the same content gets the same result, other content is refused, and a
// task that did not succeed may come back, corrected. Ids that the kernel makes are new by construction.
import { fault } from '../../contracts/errors.ts';
import type { TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { LedgerReader, StoredEntry } from '../../ledger/reader.ts';
import { settledOf } from '../audit/audit.ts';
import type { Settled, TaskLine } from '../journey/journey.ts';

export interface IdPromises {
  /** Null: this is the first, run it. Otherwise the first one's result. Throws ID_REUSED. */
  acquire(line: TaskLine): Promise<Settled | null>;
  /** The result of a task that this kernel was given, for those who wait for it. */
  settle(line: TaskLine, settled: Settled): void;
  /** Forgets a task that waits, is released or was parked. */
  release(line: TaskLine): void;
}

interface Open {
  readonly digest: string;
  readonly result: Promise<Settled>;
  settle(settled: Settled): void;
}

export function newIdPromises(ledger: LedgerReader): IdPromises {
  const open = new Map<string, Open>();

  return {
    async acquire(line) {
      if (line.task.id === undefined) return null;
      const running = open.get(line.id);
      if (running) {
        if (running.digest !== line.digest) throw fault('ID_REUSED', { id: line.id, entry: 'not written yet' });
        return running.result;
      }
      const past = ledger.outcomeOf(line.id);
      if (past && !mayComeBack(past, line)) {
        if (past.body.taskDigest !== line.digest) throw fault('ID_REUSED', { id: line.id, entry: past.seq });
        return settledOf(past.body, past.seq);
      }
      open.set(line.id, newOpen(line.digest));
      return null;
    },
    settle(line, settled) {
      if (line.task.id === undefined || settled.duplicate) return;
      open.get(line.id)?.settle(settled);
      open.delete(line.id);
    },
    release(line) {
      open.delete(line.id);
    },
  };
}

/** What failed may come back, but not from the same file: there the second line is a duplicate of the first. */
function mayComeBack(past: StoredEntry<TaskBody>, line: TaskLine): boolean {
  const succeeded = past.body.outcome === 'done' || past.body.outcome === 'planned';
  return !succeeded && past.envelope.source?.claim !== line.source.claim;
}

function newOpen(digest: string): Open {
  let settle: (settled: Settled) => void = () => undefined;
  const result = new Promise<Settled>((resolve) => {
    settle = resolve;
  });
  return { digest, result, settle };
}
