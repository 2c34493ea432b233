// arbiter approve, arbiter reject: what becomes of a task that waits for a person.
import { fault } from '../../contracts/errors.ts';
import type { Envelope } from '../../contracts/generated/ledger.v1.ts';
import type { Past } from '../audit/audit.ts';
import type { EffectCommand } from '../control.ts';
import { type Parked, waitsForText } from '../queue/waiting.ts';
import { outcomesOf } from './find-task.ts';
import { landRecorded } from './land-recorded.ts';
import type { Answer, CommandParts } from './parts.ts';

type Drafted = Parked & Required<Pick<Parked, 'draft'>>;

export function approve(parts: CommandParts, { id, actor, reason }: EffectCommand): Promise<Answer> {
  return parts.perTask(id, async () => {
    const parked = findWaiting(parts, id);
    const body = await parts.askAgain(parked.draft.body);
    const envelope = envelopeOf(parked, ['commit-ledger', 'done'], actor, reason);
    const { claimedAt } = parked.line.source;
    return settle(parts, parked, await landRecorded(parts, { taskKey: id, body, envelope, claimedAt }));
  });
}

export function reject(parts: CommandParts, { id, actor, reason }: EffectCommand): Promise<Answer> {
  return parts.perTask(id, async () => {
    const parked = findWaiting(parts, id);
    const { code, message } = fault('APPROVAL_REFUSED', {});
    const past = await parts.audit.conclude(
      id,
      { ...parked.draft.body, outcome: 'rejected', error: { code, message } },
      {
        ...envelopeOf(parked, ['rejected'], actor, reason),
        note: `Rejected by ${actor}${reason === undefined ? '' : `: ${reason}`}`,
      },
    );
    return settle(parts, parked, past);
  });
}

function envelopeOf(
  { draft }: Drafted,
  way: readonly string[],
  actor: string,
  reason: string | undefined,
): Partial<Envelope> {
  const path = [...(draft.envelope.path ?? []), ...way];
  return { ...draft.envelope, path, actor, ...(reason !== undefined && { reason }) };
}

/** Throws TASK_NOT_FOUND or NOT_AWAITING_APPROVAL. */
function findWaiting({ waiting, ledger, homePath }: CommandParts, id: string): Drafted {
  const parked = waiting.get(id);
  if (parked?.waitsFor.kind === 'approval' && parked.draft) return parked as Drafted;
  const status = parked ? `waiting ${waitsForText(parked.waitsFor)}` : outcomesOf(ledger, id).at(-1)?.body.outcome;
  if (status === undefined) throw fault('TASK_NOT_FOUND', { id, where: homePath });
  throw fault('NOT_AWAITING_APPROVAL', { id, status });
}

async function settle(parts: CommandParts, { line }: Parked, past: Past): Promise<Answer> {
  const settled = parts.pastOutcome(past);
  await parts.onSettled(line, settled);
  return { id: line.id, ...settled };
}
