// How far a workflow has come: walks its graph from the start, over the outcomes that its steps' tasks have, until it
// ends or needs tasks that have none. Nothing is remembered between two calls, so that a restart is no special case.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { walk } from '../walk.ts';
import { workflowTool } from './kernel-tools.ts';
import type { Ending, NodeTask, RunnableWorkflow, StepStatus } from './runnable.ts';
import { fillIn, type Values } from './variables.ts';

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

export interface Report {
  readonly status: 'completed' | 'failed' | 'compensated' | 'partly compensated';
  readonly outputs: Record<string, unknown>;
  readonly steps: Record<string, StepStatus>;
  readonly compensations: Record<string, 'done' | 'failed'>;
}

export type Advance =
  | { readonly ended: false; readonly needed: readonly StepTask[] }
  | {
      readonly ended: true;
      readonly report: Report;
      readonly error: ArbiterError | null;
      /** The nodes that were come to, in order. */
      readonly path: readonly string[];
    };

/** A step's task has no outcome yet. */
class Waits extends Error {}
class StepFailed extends Error {}

interface StepState {
  status: StepStatus;
  output: unknown;
}

export async function advance(workflow: RunnableWorkflow, run: Run): Promise<Advance> {
  const { graph, work, endings, variables } = workflow;
  const steps: Record<string, StepState> = Object.fromEntries(
    workflow.steps.map((name) => [name, { status: 'skipped', output: null }]),
  );
  const blocks: Record<string, StepState> = {};
  const kept: Record<string, unknown> = {};
  const compensations: Report['compensations'] = {};
  const needed: StepTask[] = [];
  const failures: { step: string; reason: string }[] = [];
  const passes = new Map<string, number>();
  const path: string[] = [];
  const values: Values = { task: run.task, inputs: run.inputs, variables, steps, kept };

  function outcomeOf(node: string, task: NodeTask): unknown {
    const { action, attempts, timeoutMs } = task;
    const input = { ...(fillIn(action.input, values) as StepTask['input']), ...action.verbatim };
    // Who comes by again is another task.
    const pass = (passes.get(node) ?? 0) + 1;
    passes.set(node, pass);
    const id = `${run.id}/${node}${pass === 1 ? '' : `~${pass}`}`;
    const asked = { id, tool: action.tool, input, attempts, timeoutMs };
    const outcome = run.outcomeOf(asked);
    if (outcome === null) {
      needed.push(asked);
      throw new Waits();
    }
    if (!outcome.succeeded) throw new StepFailed(outcome.reason ?? 'It failed.');
    return action.tool === workflowTool ? outputsIn(outcome.output) : (outcome.output ?? null);
  }

  function note(task: NodeTask, output: unknown): void {
    if (task.undoes) {
      compensations[task.step] = 'done';
      return;
    }
    steps[task.step] = { status: 'done', output };
    if (task.keeps === '*') for (const field of fieldsOf(output)) keep(kept, [field], field, output);
    else for (const [field, path] of task.keeps) keep(kept, path.split('.'), field, output);
  }

  try {
    const arrival = await walk(graph, null, {
      async step(node) {
        const task = work.get(node) as NodeTask;
        note(task, outcomeOf(node, task));
      },
      failed(node, _, error) {
        if (!(error instanceof StepFailed || error instanceof ArbiterError)) throw error;
        const { step, undoes, tolerated } = work.get(node) as NodeTask;
        if (undoes) compensations[step] = 'failed';
        else {
          steps[step] = { status: 'failed', output: null };
          if (!tolerated) failures.push({ step, reason: error.message });
        }
      },
      entered(node) {
        path.push(node);
        const mark = work.get(node);
        if (mark?.kind === 'mark') blocks[mark.step] = { status: mark.status, output: null };
      },
      decide: async () => null,
      facts: () => factsOf(values),
      wait: async () => undefined,
      park: async () => true,
    });
    return ending(endings.get(arrival.id) as Ending);
  } catch (error) {
    if (error instanceof Waits) return { ended: false, needed };
    throw error;
  }

  function ending(end: Ending): Advance {
    const statuses = Object.fromEntries(workflow.steps.map((name) => [name, (steps[name] as StepState).status]));
    const report = { outputs: {}, steps: statuses, compensations };
    if (end === 'done')
      return { ended: true, report: { ...report, status: 'completed', outputs: outputsOf(values) }, error: null, path };
    const { step, reason } = failures.at(-1) ?? { step: 'none', reason: 'The workflow ends so.' };
    if (end === 'failed')
      return {
        ...{ ended: true, path },
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
          ...{ ended: true, path, report: { ...report, status: 'compensated' } },
          error: fault('WORKFLOW_COMPENSATED', { step, reason, undone: named('done') }),
        }
      : {
          ...{ ended: true, path, report: { ...report, status: 'partly compensated' } },
          error: fault('WORKFLOW_HALF_COMPENSATED', { step, reason, undone: named('done'), left }),
        };
  }

  /** What a step that was left out would have answered is null. */
  function outputsOf(values: Values): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(workflow.outputs).map(([name, value]) => [name, filledOr(null, value, values)]),
    );
  }

  function factsOf(values: Values): Record<string, unknown> {
    const filled = Object.entries(variables).map(([name, value]) => [name, filledOr(null, value, values)]);
    const { task, inputs } = values;
    return { ...inputs, ...Object.fromEntries(filled), ...kept, task, inputs, steps: { ...steps, ...blocks } };
  }
}

/** A run answers with a report; whoever calls it wants what it answers. */
function outputsIn(report: unknown): unknown {
  return (report as Partial<Report> | null)?.outputs ?? {};
}

function fieldsOf(output: unknown): string[] {
  return typeof output === 'object' && output !== null ? Object.keys(output) : [];
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
