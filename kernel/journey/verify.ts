// Verify: computes what a state change did, asks the policies about it, and runs the gates that the table asks for on it.
import type { LoadedPlugin } from '../loader/plugin.ts';
import { findEffects } from '../safety/effect-set.ts';
import type { AskPolicies } from './ask-policies.ts';
import type { Decide } from './decide.ts';
import type { Journey, Step } from './journey.ts';
import type { RunGates } from './run-gates.ts';

export function newVerify(decide: Decide, askPolicies: AskPolicies, runGates: RunGates): Step {
  return async (journey) => {
    if (!journey.copy) return;
    const { task } = journey.line;
    journey.effects = await findEffects(journey.copy, task.title ?? `arbiter: ${task.tool}`);
    await askPolicies(journey, 'after');
    const { category } = (journey.plugin as LoadedPlugin).spec;
    const facts = { category, changedFiles: journey.effects.files.length, tags: task.tags ?? [] };
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
    category: journey.plugin?.spec.category ?? null,
    wish: task.approval ?? 'default',
    whatIf: task.whatIf ?? false,
    tags: task.tags ?? [],
  };
}
