// Asks the policies in force about effects that were recorded under those of an earlier time, before they come into place.
import type { PolicyVerdict, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { Policies } from '../../policies/policies.ts';
import { demandAllowed } from '../journey/ask-policies.ts';
import { recordedFacts } from '../journey/recorded-facts.ts';
import type { EffectStore } from '../safety/effect-store.ts';

/** The body with what is said now, and by which policies. Throws POLICY_DENIED. */
export type AskAgain = (body: TaskBody) => Promise<TaskBody>;

export function newAskAgain(policies: Policies, digest: string, store: EffectStore): AskAgain {
  return async (body) => {
    // What was only to be shown is to be done now.
    const asked = { ...body, task: body.task && { ...body.task, whatIf: false } };
    const { facts } = await recordedFacts(asked, store);
    const verdict = await policies.decide(facts);
    demandAllowed(verdict);
    const others = (body.verdicts ?? []).filter(({ phase }) => phase !== facts.phase);
    return { ...body, policies: digest, verdicts: [...others, { phase: facts.phase, ...verdict } as PolicyVerdict] };
  };
}
