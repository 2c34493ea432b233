// Verify: computes what a state change did, asks the policies about it and about what it sends, and runs the gates that the table asks for on it.
import type { LoadedPlugin } from '../loader/plugin.ts';
import { findEffects } from '../safety/effect-set.ts';
import type { AskPolicies } from './ask-policies.ts';
import type { Decide } from './decide.ts';
import type { Journey, Step } from './journey.ts';
import type { RunGates } from './run-gates.ts';

export function newVerify(decide: Decide, askPolicies: AskPolicies, runGates: RunGates): Step {
  return async (journey) => {
    const { copy, line, requests } = journey;
    if (!copy && requests.length === 0) return;
    const { task } = line;
    if (copy) journey.effects = await findEffects(copy, task.title ?? `arbiter: ${task.tool}`);
    await askPolicies(journey, 'after');
    const { category } = (journey.plugin as LoadedPlugin).spec;
    const facts = { category, changedFiles: journey.effects?.files.length ?? 0, tags: task.tags ?? [] };
    const { output: tier } = await decide(journey, 'gate-tier', facts);
    journey.gates = await runGates(journey, `${tier}`);
  };
}

/** Facts that the rollback and approval tables ask for. */
export function changeFacts(journey: Journey): Record<string, unknown> {
  const { task } = journey.line;
  return {
    gate: journey.gates.some(({ verdict }) => verdict === 'fail') ? 'fail' : 'pass',
    changedFiles: journey.effects?.files.length ?? 0,
    requests: journey.requests.length,
    category: journey.plugin?.spec.category ?? null,
    wish: task.approval ?? 'default',
    whatIf: task.whatIf ?? false,
    tags: task.tags ?? [],
  };
}
