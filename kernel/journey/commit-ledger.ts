// Commit ledger: applies the effects and writes the entry so that both or neither survive a crash.
import { fault } from '../../contracts/errors.ts';
import type { Audit } from '../audit/audit.ts';
import { keepContents } from '../safety/effect-set.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { takeTree } from '../safety/git-commit.ts';
import type { KeyedLock } from '../safety/keyed-lock.ts';
import { type Landing, landInFolder, landingKey, landOnBranch } from '../safety/land-effects.ts';
import type { Journey, Step, Submission } from './journey.ts';

export interface CommitParts {
  readonly audit: Audit;
  readonly store: EffectStore;
  readonly oneAtATime: KeyedLock;
  /** Drops tasks that a plugin asked for into the inbox. */
  readonly submit: (parent: string, submissions: readonly Submission[]) => void;
}

export function newCommitLedger({ audit, store, oneAtATime, submit }: CommitParts): Step {
  return async (journey) => {
    const { effects, copy, line, submissions } = journey;
    if (journey.abort.signal.aborted) throw fault('CANCELLED', { detail: '' });
    if (line.task.whatIf) {
      if (copy && effects) keepContents(copy, effects.files, store);
      await audit.outcome(journey, 'planned', planNote(submissions));
    } else if (copy && effects && effects.files.length > 0) {
      const { target, files } = effects;
      const record = recordOf(journey);
      const { claimedAt } = line.source;
      await oneAtATime(landingKey(target, line.id), () =>
        target.kind === 'folder'
          ? landInFolder(target.path, files, store, record, () => keepContents(copy, files, store))
          : landOnBranch({ taskId: line.id, target, claimedAt, bringTree: () => takeTree(target.path, copy) }, record),
      );
    } else {
      // The children's ids follow from the parent's: a crash before the entry drops the same tasks again, not others.
      if (submissions.length > 0) submit(line.id, submissions);
      await audit.outcome(journey, 'done');
    }
    await copy?.discard();
  };

  function recordOf(journey: Journey): Landing {
    return {
      prepared: (extra) => audit.prepared(journey, extra),
      aborted: (error) => audit.aborted(journey.line.id, error),
      done: (extra) => audit.outcome(journey, 'done', extra),
    };
  }
}

function planNote(submissions: readonly Submission[]): { note?: string } {
  return submissions.length === 0 ? {} : { note: `Would submit ${submissions.length} task(s).` };
}
