// From a workflow as people write it to one with its short forms written out. Finds what is wrong within single steps.
import type { Workflow, WorkflowStep } from '../../contracts/generated/workflow.v1.ts';
import { type Context, expandAction, nameOf } from './expand-action.ts';
import { msOf } from './wait-time.ts';
import type { Block, OnError, Part, Step, WorkflowPlan } from './workflow.ts';

interface Defaults {
  readonly onError: OnError | 'retry';
  readonly timeoutMs: number | null;
}

/** Where on_error says retry and nothing says how often. */
const usualRetries = 2;
/** What belongs to a single step alone. */
const ofSteps = [
  ...(['tool', 'plugin', 'action', 'type', 'workflow', 'approval', 'wait', 'decide'] as const),
  ...(['input', 'inputs', 'compensate', 'outputs', 'retry_count'] as const),
] as const;

export function expandWorkflow(source: Workflow, context: Context): WorkflowPlan {
  const { refuse } = context;
  const { chain = 'sequential', steps } = source;
  const onError = source.on_error ?? (chain === 'saga' ? 'rollback' : 'fail');
  const defaults: Defaults = { onError, timeoutMs: null };
  if (chain !== 'parallel' && (source.timeout !== undefined || source.may_fail !== undefined))
    refuse('timeout and may_fail of the whole belong to chain: parallel');
  return {
    name: source.name,
    inputs: (source.inputs ?? null) as WorkflowPlan['inputs'],
    variables: source.variables ?? {},
    outputs: source.outputs ?? {},
    parts: partsOf(),
  };

  function partsOf(): Part[] {
    if (chain === 'parallel') {
      const whole: WorkflowStep = { name: 'all', parallel: steps as [WorkflowStep, ...WorkflowStep[]] };
      if (source.timeout !== undefined) whole.timeout = source.timeout;
      if (source.may_fail !== undefined) whole.may_fail = source.may_fail;
      return [groupOf(whole, defaults)];
    }
    if (chain !== 'conditional') return steps.map((step) => partOf(step, defaults));
    const choices = steps.map((step) => singleOf(step, defaults, 'a choice'));
    const unconditional = choices.filter(({ when }) => when === null);
    if (unconditional.length > 1) refuse(`step ${unconditional[1]?.name}: a second step without when in a choice`);
    return [{ kind: 'choice', name: 'choice', parts: choices }];
  }

  function partOf(step: WorkflowStep, defaults: Defaults): Part {
    return step.parallel ? groupOf(step, defaults) : singleOf(step, defaults, '');
  }

  /** A step or a block. */
  function singleOf(step: WorkflowStep, defaults: Defaults, within: string): Step | Block {
    if (step.parallel) refuse(`step ${nameOf(step, refuse)}: parallel directly within ${within}; put steps around it`);
    return step.steps ? blockOf(step, defaults) : stepOf(step, defaults);
  }

  function blockOf(source: WorkflowStep, { onError }: Defaults): Block {
    const name = wholeNameOf(source, 'steps');
    if (source.may_fail !== undefined) refuse(`step ${name}: may_fail belongs to parallel`);
    const inner: Defaults = { onError: 'fail', timeoutMs: msOf(source.timeout) };
    return {
      ...{ kind: 'block', name, when: source.when ?? null, onError: policyOf(source, onError) },
      parts: (source.steps ?? []).map((step) => partOf(demandNoOwnEnd(step, 'block'), inner)),
    };
  }

  function groupOf(source: WorkflowStep, { onError }: Defaults): Part {
    const name = wholeNameOf(source, 'parallel');
    const inner: Defaults = { onError: 'fail', timeoutMs: msOf(source.timeout) };
    const parts = (source.parallel ?? []).map((member) => singleOf(demandNoOwnEnd(member, 'group'), inner, 'parallel'));
    const mayFail = source.may_fail ?? 0;
    if (mayFail >= parts.length) refuse(`step ${name}: may_fail is ${mayFail}, and there are ${parts.length} steps`);
    return { kind: 'group', name, when: source.when ?? null, onError: policyOf(source, onError), mayFail, parts };
  }

  /** A member's failure is the affair of what is around it, unless the member says that it does not matter. */
  function demandNoOwnEnd(member: WorkflowStep, around: 'group' | 'block'): WorkflowStep {
    const how = member.on_error;
    if (how === 'rollback' || how === 'fail')
      refuse(`step ${nameOf(member, refuse)}: on_error ${how} is said by the ${around}, not by its members`);
    return member;
  }

  function wholeNameOf(source: WorkflowStep, kind: 'steps' | 'parallel'): string {
    const name = nameOf(source, refuse);
    for (const key of ofSteps) if (source[key] !== undefined) refuse(`step ${name}: ${key} does not go with ${kind}`);
    if (source.steps && source.parallel) refuse(`step ${name}: it has both steps and parallel; give one of them`);
    if (source.on_error === 'retry') refuse(`step ${name}: on_error retry is for single steps`);
    return name;
  }

  function stepOf(source: WorkflowStep, { onError, timeoutMs }: Defaults): Step {
    const name = nameOf(source, refuse);
    if (source.may_fail !== undefined) refuse(`step ${name}: may_fail belongs to parallel`);
    const wish = source.on_error ?? onError;
    const retries = source.retry_count ?? (wish === 'retry' ? usualRetries : null);
    const limits = [msOf(source.timeout), timeoutMs].filter((limit) => limit !== null);
    return {
      kind: 'step',
      name,
      action: expandAction(name, source, context),
      keeps: Object.entries(source.outputs ?? {}) as [string, string][],
      when: source.when ?? null,
      onError: policyOf(source, onError),
      attempts: retries === null ? null : retries + 1,
      timeoutMs: limits.length > 0 ? Math.min(...limits) : null,
      compensate: source.compensate ? expandAction(name, source.compensate, context) : null,
    };
  }
}

function policyOf({ on_error }: WorkflowStep, otherwise: OnError | 'retry'): OnError {
  const wish = on_error ?? otherwise;
  return wish === 'retry' ? 'fail' : wish;
}
