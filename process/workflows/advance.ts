// How far a workflow has come: walks its graph from the start, over the outcomes that its steps' tasks have, until it
// ends or needs tasks that have none. Nothing is remembered between two calls, so that a restart is no special case.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { walk } from '../walk.ts';
import { undoOf } from './compile-workflow.ts';
import type { RunnableWorkflow } from './read-workflow.ts';
import { fillIn, type Values } from './variables.ts';
import { type Action, type Step, stepsOf } from './workflow.ts';

/** A task that a step stands for. Its id follows from the run's, so that asking again asks for the same task. */
export interface StepTask {
  readonly id: string;
  readonly tool: string;
  readonly input: Record<string, unknown>;
  readonly attempts: number | null;
  readonly timeoutMs: number | null;
}

export interface StepOutcome {
  readonly succeeded: boolean;
  readonly output?: unknown;
  /** Why not. */
  readonly reason?: string;
}

export interface Run {
  readonly id: string;
  /** What `${task.…}` knows. */
  readonly task: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The outcome of a step's task, or null when it has none yet. What it throws from the catalogue fails the step. */
  outcomeOf(task: StepTask): StepOutcome | null;
}

export type StepStatus = 'done' | 'failed' | 'skipped';

export interface Report {
  readonly status: 'completed' | 'failed' | 'compensated' | 'partly compensated';
  readonly outputs: Record<string, unknown>;
  readonly steps: Record<string, StepStatus>;
  readonly compensations: Record<string, 'done' | 'failed'>;
}

export type Advance =
  | { readonly ended: false; readonly needed: readonly StepTask[] }
  | { readonly ended: true; readonly report: Report; readonly error: ArbiterError | null };

/** A step's task has no outcome yet. */
class Waits extends Error {}
class StepFailed extends Error {}

interface StepState {
  status: StepStatus;
  output: unknown;
}

export async function advance({ plan, graph }: RunnableWorkflow, run: Run): Promise<Advance> {
  const all = plan.parts.flatMap(stepsOf);
  const byNode = new Map(all.flatMap((step) => [[step.name, step] as const, [undoOf(step.name), step] as const]));
  const steps: Record<string, StepState> = Object.fromEntries(
    all.map(({ name }) => [name, { status: 'skipped', output: null }]),
  );
  const kept: Record<string, unknown> = {};
  const compensations: Report['compensations'] = {};
  const needed: StepTask[] = [];
  const failures: { step: string; reason: string }[] = [];
  const values: Values = { task: run.task, inputs: run.inputs, variables: plan.variables, steps, kept };

  function outcomeOf(node: string, action: Action, step: Step): unknown {
    const { attempts, timeoutMs } = step;
    const input = fillIn(action.input, values) as StepTask['input'];
    const task = { id: `${run.id}/${node}`, tool: action.tool, input, attempts, timeoutMs };
    const outcome = run.outcomeOf(task);
    if (outcome === null) {
      needed.push(task);
      throw new Waits();
    }
    if (!outcome.succeeded) throw new StepFailed(outcome.reason ?? 'It failed.');
    return outcome.output ?? null;
  }

  try {
    const arrival = await walk(graph, null, {
      async step(node) {
        const step = byNode.get(node) as Step;
        if (node !== step.name && step.compensate) {
          outcomeOf(node, step.compensate, step);
          compensations[step.name] = 'done';
        } else {
          const output = outcomeOf(node, step.action, step);
          steps[step.name] = { status: 'done', output };
          for (const [field, path] of step.keeps) keep(kept, path.split('.'), field, output);
        }
      },
      failed(node, _, error) {
        if (!(error instanceof StepFailed || error instanceof ArbiterError)) throw error;
        const step = byNode.get(node) as Step;
        if (node !== step.name) compensations[step.name] = 'failed';
        else {
          steps[step.name] = { status: 'failed', output: null };
          if (step.onError !== 'continue') failures.push({ step: step.name, reason: error.message });
        }
      },
      decide: async () => null,
      facts: () => factsOf(values),
      wait: async () => undefined,
      park: async () => true,
    });
    return ending(arrival.id);
  } catch (error) {
    if (error instanceof Waits) return { ended: false, needed };
    throw error;
  }

  function ending(end: string): Advance {
    const statuses = Object.fromEntries(Object.entries(steps).map(([name, { status }]) => [name, status]));
    const report = { outputs: {}, steps: statuses, compensations };
    if (end === '#done')
      return { ended: true, report: { ...report, status: 'completed', outputs: outputsOf(values) }, error: null };
    const { step, reason } = failures.at(-1) as { step: string; reason: string };
    if (end === '#failed')
      return {
        ended: true,
        report: { ...report, status: 'failed' },
        error: fault('WORKFLOW_FAILED', { step, reason }),
      };
    const named = (how: string) =>
      Object.keys(compensations)
        .filter((name) => compensations[name] === how)
        .join(', ') || 'nothing';
    const left = named('failed');
    return left === 'nothing'
      ? {
          ...{ ended: true, report: { ...report, status: 'compensated' } },
          error: fault('WORKFLOW_COMPENSATED', { step, reason, undone: named('done') }),
        }
      : {
          ...{ ended: true, report: { ...report, status: 'partly compensated' } },
          error: fault('WORKFLOW_HALF_COMPENSATED', { step, reason, undone: named('done'), left }),
        };
  }

  /** What a step that was left out would have answered is null. */
  function outputsOf(values: Values): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(plan.outputs).map(([name, value]) => [name, filledOr(null, value, values)]),
    );
  }

  function factsOf(values: Values): Record<string, unknown> {
    const variables = Object.entries(plan.variables).map(([name, value]) => [name, filledOr(null, value, values)]);
    const { task, inputs } = values;
    return { ...inputs, ...Object.fromEntries(variables), ...kept, task, inputs, steps };
  }
}

function filledOr(otherwise: unknown, value: unknown, values: Values): unknown {
  try {
    return fillIn(value, values);
  } catch {
    return otherwise;
  }
}

/** Keeps the field of an output under a path; an output that is no object is kept whole. */
function keep(kept: Record<string, unknown>, path: readonly string[], field: string, output: unknown): void {
  const isObject = typeof output === 'object' && output !== null && !Array.isArray(output);
  const value = isObject ? (output as Record<string, unknown>)[field] : output;
  if (value === undefined) return;
  let at = kept;
  for (const key of path.slice(0, -1)) {
    const inner = at[key];
    const copy: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...inner } : {};
    at[key] = copy;
    at = copy;
  }
  at[path.at(-1) as string] = value;
}
