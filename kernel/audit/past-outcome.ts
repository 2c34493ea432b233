// An outcome as it was, read back from its entry.
import type { LedgerReader } from '../../ledger/reader.ts';
import type { Settled, TaskLine } from '../journey/journey.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { ownKey, type Past, settledOf } from './audit.ts';

/** Turns a task's entry into what its submitter was given; large outputs come from `store`. */
export type PastOutcome = (past: Past) => Settled;

export function newPastOutcome(store: EffectStore): PastOutcome {
  return ({ body, seq, envelope }) => {
    const settled = settledOf(body, seq, envelope.note);
    if (!body.result || 'output' in body.result || body.outcome === 'failed') return settled;
    return { ...settled, output: JSON.parse(store.get(body.result.digest).toString('utf8')) };
  };
}

/** The outcome of this very line: under its id, or under the line's own key where the id belongs to another task. */
export function entryOf(ledger: LedgerReader, { id, source }: TaskLine): Past | undefined {
  const { claim, line } = source;
  return ledger.outcomeOfLine(id, claim, line) ?? ledger.outcomeOfLine(ownKey(source), claim, line);
}
