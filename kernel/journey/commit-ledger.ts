// Commit ledger: brings the effects about and writes the entry so that both or neither survive a crash.
import { fault } from '../../contracts/errors.ts';
import type { Audit } from '../audit/audit.ts';
import { inFolder } from '../landing/in-folder.ts';
import { type LandingRecord, land, type Part } from '../landing/land.ts';
import { landingKey, onBranch } from '../landing/on-branch.ts';
import { keepOutside, type Outside, outsideParts, withIds } from '../landing/outside.ts';
import { keepContents } from '../safety/effect-set.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { takeTree } from '../safety/git-commit.ts';
import type { KeyedLock } from '../safety/keyed-lock.ts';
import type { Journey, Step } from './journey.ts';

export interface CommitParts extends Outside {
  readonly audit: Audit;
  readonly oneAtATime: KeyedLock;
}

export function newCommitLedger(parts: CommitParts): Step {
  const { audit, store, oneAtATime, submit } = parts;
  return async (journey) => {
    const { effects, copy, line, requests, submissions } = journey;
    if (journey.abort.signal.aborted) throw fault('CANCELLED', { detail: '' });
    const changesFiles = effects !== undefined && effects.files.length > 0;
    if (line.task.whatIf) {
      keepForLater(journey, store);
      await audit.outcome(journey, 'planned', planNote(journey));
    } else if (changesFiles || requests.length > 0) {
      keepOutside(requests, submissions, store);
      const { body } = audit.draft(journey);
      const all = [...(changesFiles ? [filesPart(journey, store)] : []), ...outsideParts(line.id, body, parts)];
      const landAll = () => land(all, recordOf(journey));
      await (changesFiles ? oneAtATime(landingKey(effects.target, line.id), landAll) : landAll());
    } else {
      // A crash before the entry drops the same tasks again, not others.
      if (submissions.length > 0) submit(withIds(line.id, submissions));
      await audit.outcome(journey, 'done');
    }
    await copy?.discard();
  };

  function recordOf(journey: Journey): LandingRecord {
    return {
      prepared: (facts) => audit.prepared(journey, facts),
      aborted: (error) => audit.aborted(journey.line.id, error),
      done: (facts) => audit.outcome(journey, 'done', facts),
    };
  }
}

/** Keeps everything that a plan, or a change that waits for an approval, needs to happen later as it is now. */
export function keepForLater({ copy, effects, requests, submissions }: Journey, store: EffectStore): void {
  if (copy && effects) keepContents(copy, effects.files, store);
  keepOutside(requests, submissions, store);
}

function filesPart({ copy, effects, line }: Journey, store: EffectStore): Part {
  if (!copy || !effects) throw new Error('There are effects without a copy that they were found in.');
  const { target, files } = effects;
  if (target.kind === 'folder') return inFolder({ target, files, store }, () => keepContents(copy, files, store));
  const { claimedAt } = line.source;
  return onBranch({ taskId: line.id, target, claimedAt, bringTree: () => takeTree(target.path, copy) });
}

function planNote({ requests, submissions }: Journey): { note?: string } {
  const would = [
    ...(requests.length > 0 ? [`send ${requests.length} request(s)`] : []),
    ...(submissions.length > 0 ? [`submit ${submissions.length} task(s)`] : []),
  ];
  return would.length === 0 ? {} : { note: `Would ${would.join(' and ')}.` };
}
