// arbiter approve, arbiter reject: what becomes of a task that waits for a person. One that has run waits with what it would
// change, and that happens then; one that has not goes on from where it waited.
import { fault } from '../../contracts/errors.ts';
import type { Envelope } from '../../contracts/generated/ledger.v1.ts';
import type { EffectCommand } from '../control.ts';
import type { Settled } from '../journey/journey.ts';
import { startJourney } from '../journey/so-far.ts';
import { type Parked, waitsForText } from '../queue/waiting.ts';
import { outcomesOf } from './find-task.ts';
import { landRecorded } from './land-recorded.ts';
import type { Answer, CommandParts, Ended } from './parts.ts';

export function approve(parts: CommandParts, command: EffectCommand): Promise<Answer> {
  const { id, actor, reason } = command;
  return parts.perTask(id, async () => {
    const parked = findWaiting(parts, id);
    if (!parked.draft) return letThrough(parts, parked, command);
    const body = await parts.askAgain(parked.draft.body);
    const envelope = envelopeOf(parked.draft, ['commit-ledger', 'done'], actor, reason);
    const { claimedAt } = parked.line.source;
    return settle(
      parts,
      parked,
      parts.pastOutcome(await landRecorded(parts, { taskKey: id, body, envelope, claimedAt })),
    );
  });
}

export function reject(parts: CommandParts, { id, actor, reason }: EffectCommand): Promise<Answer> {
  return parts.perTask(id, async () => {
    const parked = findWaiting(parts, id);
    const note = `Rejected by ${actor}${reason === undefined ? '' : `: ${reason}`}`;
    const error = fault('APPROVAL_REFUSED', {});
    if (!parked.draft) {
      const journey = startJourney(parked.line, parked.soFar);
      journey.error = error;
      await parts.audit.outcome(journey, 'rejected', { actor, note, ...(reason !== undefined && { reason }) });
      return settle(parts, parked, journey.settled as Settled);
    }
    const past = await parts.audit.conclude(
      id,
      { ...parked.draft.body, outcome: 'rejected', error: { code: error.code, message: error.message } },
      { ...envelopeOf(parked.draft, ['rejected'], actor, reason), note },
    );
    return settle(parts, parked, parts.pastOutcome(past));
  });
}

function letThrough(parts: CommandParts, parked: Parked, { actor, reason }: EffectCommand): Answer {
  const { line, waitsFor, soFar } = parked;
  const time = new Date().toISOString();
  const at = waitsFor.kind === 'approval' ? (waitsFor.at ?? '') : '';
  const approval = { at, actor, time, ...(reason !== undefined && { reason }) };
  const before = soFar as NonNullable<Parked['soFar']>;
  const approvals = [...(before.approvals ?? []), approval];
  parts.goOn({
    line,
    waitsFor: { kind: 'attempt', attempt: before.attempt, at: time },
    soFar: { ...before, approvals },
  });
  return { id: line.id, goesOn: true };
}

function envelopeOf(
  { envelope }: NonNullable<Parked['draft']>,
  way: readonly string[],
  actor: string,
  reason: string | undefined,
): Partial<Envelope> {
  const path = [...(envelope.path ?? []), ...way];
  return { ...envelope, path, actor, ...(reason !== undefined && { reason }) };
}

/** Throws TASK_NOT_FOUND or NOT_AWAITING_APPROVAL. */
function findWaiting({ waiting, ledger, homePath }: CommandParts, id: string): Parked {
  const parked = waiting.get(id);
  if (parked?.waitsFor.kind === 'approval') return parked;
  const status = parked ? `waiting ${waitsForText(parked.waitsFor)}` : outcomesOf(ledger, id).at(-1)?.body.outcome;
  if (status === undefined) throw fault('TASK_NOT_FOUND', { id, where: homePath });
  throw fault('NOT_AWAITING_APPROVAL', { id, status });
}

async function settle(parts: CommandParts, { line }: Parked, settled: Settled): Promise<Ended> {
  await parts.onSettled(line, settled);
  return { id: line.id, ...settled };
}
