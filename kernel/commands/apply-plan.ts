// arbiter apply: the effects of a plan, exactly as they were recorded.
import { fault } from '../../contracts/errors.ts';
import type { TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { StoredEntry } from '../../ledger/reader.ts';
import type { EffectCommand } from '../control.ts';
import { waitsForText } from '../queue/waiting.ts';
import { applicationOf, outcomesOf, taskKeyOf } from './find-task.ts';
import { landRecorded } from './land-recorded.ts';
import type { Answer, CommandParts } from './parts.ts';

export async function applyPlan(parts: CommandParts, { id, actor, reason }: EffectCommand): Promise<Answer> {
  const taskKey = taskKeyOf(parts.ledger, id);
  return parts.perTask(taskKey, async () => {
    const plan = findPlan(parts, taskKey);
    const { source, claimedAt = plan.envelope.time, traceparent } = plan.envelope;
    const body = await parts.askAgain(plan.body);
    const past = await landRecorded(parts, {
      taskKey,
      body: { ...body, applies: plan.bodyHash, outcome: 'done' },
      envelope: {
        ...(source && { source }),
        ...(traceparent !== undefined && { traceparent }),
        ...(reason !== undefined && { reason }),
        ...{ claimedAt, actor, concerns: plan.seq },
      },
      claimedAt,
    });
    return { id: taskKey, ...parts.pastOutcome(past) };
  });
}

function findPlan(parts: CommandParts, id: string): StoredEntry<TaskBody> {
  const { ledger, waiting, homePath } = parts;
  const outcomes = outcomesOf(ledger, id);
  const plan = outcomes.findLast(({ body }) => body.outcome === 'planned');
  if (!plan) {
    const parked = waiting.get(id);
    const status = parked ? `waiting ${waitsForText(parked.waitsFor)}` : outcomes.at(-1)?.body.outcome;
    throw status === undefined ? fault('TASK_NOT_FOUND', { id, where: homePath }) : fault('NOT_A_PLAN', { id, status });
  }
  const applied = applicationOf(ledger, plan);
  if (applied) throw fault('APPLIED_ALREADY', { id, entry: applied.seq });
  const { effects, requests, submissions } = plan.body;
  if (!effects?.files.length && !requests && !submissions) throw fault('NOTHING_TO_APPLY', { id });
  return plan;
}
