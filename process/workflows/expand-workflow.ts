// From a workflow as people write it to one with its short forms written out. Finds what is wrong within single steps.
import type { Workflow, WorkflowStep } from '../../contracts/generated/workflow.v1.ts';
import type { Action, OnError, Part, Step, WorkflowPlan } from './workflow.ts';

/** The tools that steps may name. */
export interface Tools {
  readonly tools: readonly string[];
  /** The plugin that owns a tool, or null. */
  ownerOf(tool: string): string | null;
}

/** What says which step and which key is wrong; throws. */
export type Refuse = (detail: string) => never;

interface Defaults {
  readonly onError: OnError | 'retry';
  readonly timeoutMs: number | null;
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
/** Where on_error says retry and nothing says how often. */
const usualRetries = 2;

export function expandWorkflow(source: Workflow, tools: Tools, refuse: Refuse): WorkflowPlan {
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
      return [groupOf(whole)];
    }
    if (chain !== 'conditional') return steps.map((step) => (step.parallel ? groupOf(step) : stepOf(step, defaults)));
    const choices = steps.map((step) => stepOf(step, defaults));
    const unconditional = choices.filter(({ when }) => when === null);
    if (unconditional.length > 1) refuse(`step ${unconditional[1]?.name}: a second step without when in a choice`);
    return [{ kind: 'choice', name: 'choice', steps: choices }];
  }

  function groupOf(source: WorkflowStep): Part {
    const name = nameOf(source);
    for (const key of ['tool', 'plugin', 'action', 'type', 'compensate', 'outputs', 'retry_count'] as const)
      if (source[key] !== undefined) refuse(`step ${name}: ${key} does not go with parallel`);
    const how = policyOf(source, defaults.onError);
    const timeoutMs = msOf(source.timeout);
    // A member's failure is the group's affair, unless the member says that it does not matter.
    const steps = (source.parallel ?? []).map((member) => {
      if (member.on_error === 'rollback' || member.on_error === 'fail')
        refuse(`step ${nameOf(member)}: on_error ${member.on_error} is said by the group, not by its members`);
      return stepOf(member, { onError: 'fail', timeoutMs });
    });
    const mayFail = source.may_fail ?? 0;
    if (mayFail >= steps.length) refuse(`step ${name}: may_fail is ${mayFail}, and there are ${steps.length} steps`);
    return { kind: 'group', name, when: source.when ?? null, onError: how, mayFail, steps };
  }

  function stepOf(source: WorkflowStep, { onError, timeoutMs }: Defaults): Step {
    const name = nameOf(source);
    if (source.parallel) refuse(`step ${name}: parallel within parallel or a choice`);
    if (source.may_fail !== undefined) refuse(`step ${name}: may_fail belongs to parallel`);
    const wish = source.on_error ?? onError;
    const retries = source.retry_count ?? (wish === 'retry' ? usualRetries : null);
    const limits = [msOf(source.timeout), timeoutMs].filter((limit) => limit !== null);
    return {
      kind: 'step',
      name,
      action: source.type === 'ai_action' ? modelAction(name, source) : actionOf(name, source),
      keeps: Object.entries(source.outputs ?? {}) as [string, string][],
      when: source.when ?? null,
      onError: policyOf(source, onError),
      attempts: retries === null ? null : retries + 1,
      timeoutMs: limits.length > 0 ? Math.min(...limits) : null,
      compensate: source.compensate ? actionOf(name, source.compensate) : null,
    };
  }

  function nameOf({ name, id }: WorkflowStep): string {
    if (name !== undefined && id !== undefined && name !== id)
      refuse(`step ${name}: its id is ${id}; give one of them`);
    return name ?? id ?? refuse('a step has no name');
  }

  function modelAction(name: string, source: WorkflowStep): Action {
    const { agent, prompt_template } = source;
    const { tool, input } = actionOf(name, { ...source, tool: source.tool ?? source.action ?? 'ai-action' });
    return { tool, input: { ...input, ...(agent && { agent }), ...(prompt_template && { prompt_template }) } };
  }

  function actionOf(
    step: string,
    source: Pick<WorkflowStep, 'tool' | 'plugin' | 'action' | 'input' | 'inputs'>,
  ): Action {
    const { plugin, input, inputs } = source;
    const asked = source.tool ?? source.action ?? refuse(`step ${step}: it names no tool`);
    if (input && inputs) refuse(`step ${step}: it has both input and inputs; give one of them`);
    const tool = spellings(asked).find((spelling) => tools.ownerOf(spelling) !== null);
    if (tool === undefined)
      return refuse(`step ${step}: tool ${asked} is of no installed plugin; there are ${tools.tools.join(', ')}`);
    const owner = tools.ownerOf(tool) as string;
    if (plugin !== undefined && !spellings(plugin).includes(owner))
      refuse(`step ${step}: plugin ${plugin} has no tool ${tool}; it is one of ${owner}`);
    return { tool, input: input ?? inputs ?? {} };
  }
}

/** Names of plugins and tools have hyphens; snake_case is taken for them. */
function spellings(name: string): string[] {
  return [name, name.replaceAll('_', '-')];
}

function policyOf({ on_error }: WorkflowStep, otherwise: OnError | 'retry'): OnError {
  const wish = on_error ?? otherwise;
  return wish === 'retry' ? 'fail' : wish;
}

function msOf(duration: string | undefined): number | null {
  const match = /^(\d+)(ms|s|m|h)$/.exec(duration ?? '');
  return match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : null;
}
