// The task that stands for a run of a workflow: it carries the whole workflow, so that the run ends as it began even
// when the file has changed meanwhile, and so that its entry says what was run.
import { fault } from '../../contracts/errors.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import type { WorkflowInput, WorkflowPlan } from '../../process/workflows/workflow.ts';

/** The tool of such a task; the kernel runs it itself. */
export const workflowTool = 'run-workflow';

/** The input of such a task. */
export interface WorkflowRun {
  /** What the workflow's file holds. */
  readonly workflow: unknown;
  /** Name of that file, for messages. */
  readonly file: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The input of a task with that tool. Throws WORKFLOW_INVALID where it is something else. */
export function workflowRunOf({ input }: Pick<Task, 'input'>): WorkflowRun {
  const { workflow, file = 'the workflow', inputs = {} } = (input ?? {}) as Record<string, unknown>;
  if (typeof file === 'string' && typeof inputs === 'object' && inputs !== null && !Array.isArray(inputs))
    return { workflow, file, inputs: inputs as WorkflowRun['inputs'] };
  throw fault('WORKFLOW_INVALID', { file: 'the workflow', detail: 'file is a text, and inputs an object' });
}

/** What a run is given, with defaults. Throws WORKFLOW_INPUT_INVALID. */
export function inputsOf(
  { name, inputs: declared }: WorkflowPlan,
  given: WorkflowRun['inputs'],
): WorkflowRun['inputs'] {
  if (declared === null) return given;
  const refuse = (detail: string) => fault('WORKFLOW_INPUT_INVALID', { name, detail });
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(declared, key));
  if (unknown !== undefined)
    throw refuse(`it has no input ${unknown}; it has ${Object.keys(declared).join(', ') || 'none'}`);
  return Object.fromEntries(
    Object.entries(declared).map(([key, input]) => {
      const value = Object.hasOwn(given, key) ? given[key] : input.default;
      if (value === undefined) throw refuse(`the input ${key} is missing`);
      if (!isOfType(value, input)) throw refuse(`the input ${key} is no ${input.type}`);
      return [key, value];
    }),
  );
}

function isOfType(value: unknown, { type }: WorkflowInput): boolean {
  if (type === undefined) return true;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  return type === 'object'
    ? typeof value === 'object' && value !== null && !Array.isArray(value)
    : typeof value === type;
}
