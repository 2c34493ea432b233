// An outcome as it was, read back from its entry.
import type { LedgerReader } from '../../ledger/reader.ts';
import type { Settled, TaskLine } from '../journey/journey.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { type Past, settledOf } from './audit.ts';

/** Turns a task's entry into what its submitter was given; large outputs come from `store`. */
export type PastOutcome = (past: Past) => Settled;

export function newPastOutcome(store: EffectStore): PastOutcome {
  return ({ body, seq, envelope }) => {
    const settled = settledOf(body, seq, envelope.note);
    if (!body.result || 'output' in body.result || body.outcome === 'failed') return settled;
    return { ...settled, output: JSON.parse(store.get(body.result.digest).toString('utf8')) };
  };
}

/** How this very line ended, not another one with its id. */
export function outcomeOfLine(ledger: LedgerReader, { id, source }: TaskLine): Past | undefined {
  const past = ledger.outcomeOf(id);
  const { claim, line } = past?.envelope.source ?? {};
  return past && claim === source.claim && line === source.line ? past : undefined;
}
