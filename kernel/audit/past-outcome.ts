// An outcome as it was, read back from its entry.
import type { TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { StoredEntry } from '../../ledger/reader.ts';
import type { Settled } from '../journey/journey.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { settledOf } from './audit.ts';

/** Turns a task's entry into what its submitter was given; large outputs come from `store`. */
export type PastOutcome = (past: StoredEntry<TaskBody>) => Settled;

export function newPastOutcome(store: EffectStore): PastOutcome {
  return ({ body, seq, envelope }) => {
    const settled = settledOf(body, seq, envelope.note);
    if (!body.result || 'output' in body.result || body.outcome === 'failed') return settled;
    return { ...settled, output: JSON.parse(store.get(body.result.digest).toString('utf8')) };
  };
}
