import type { ToolContext } from '../../../../pdk/define-plugin.ts';
import { ask, type Condition, isTrue } from './condition.ts';

interface Branch {
  readonly name: string;
  readonly task?: Record<string, unknown>;
}

interface RouterInput {
  readonly facts: Record<string, unknown>;
  readonly branches: (Branch & Condition)[];
  readonly otherwise?: Branch;
}

export async function branchRouter({ facts, branches, otherwise }: RouterInput, context: ToolContext) {
  // All are asked, so that a condition that cannot be read is found before the day that needs it. What it warns of
  // counts only on its turn: a later condition may speak of facts that only its own case has.
  const answers = branches.map((branch) => ({ branch, answer: ask(branch, facts, context.now) }));
  const taken = answers.find(({ branch, answer }) => isTrue(branch, answer))?.branch ?? otherwise;
  return {
    branch: taken?.name ?? null,
    submitted: taken?.task ? await context.submit(taken.task) : null,
  };
}
