// The task that stands for a run of a workflow: it carries the whole workflow, so that the run ends as it began even
// when the file has changed meanwhile, and so that its entry says what was run.
import { fault } from '../../contracts/errors.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import type { WorkflowFile } from '../../process/workflows/read-workflow.ts';
import type { Interface, WorkflowInput } from '../../process/workflows/workflow.ts';

/** The input of such a task. */
export interface WorkflowRun {
  /** What the workflow's file holds. */
  readonly workflow: unknown;
  /** Name of that file, for messages. */
  readonly file: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The workflows that it calls, and that those call, by name. */
  readonly calls: Readonly<Record<string, WorkflowFile>>;
}

/** The input of a task with that tool. Throws WORKFLOW_INVALID where it is something else. */
export function workflowRunOf({ input }: Pick<Task, 'input'>): WorkflowRun {
  const { workflow, file = 'the workflow', inputs = {}, calls = {} } = (input ?? {}) as Record<string, unknown>;
  if (typeof file !== 'string' || !isObject(inputs) || !isObject(calls) || !Object.values(calls).every(isFile))
    throw fault('WORKFLOW_INVALID', { file: 'the workflow', detail: 'file is a text, inputs and calls are objects' });
  return { workflow, file, inputs, calls: calls as WorkflowRun['calls'] };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFile(value: unknown): value is WorkflowFile {
  return isObject(value) && 'source' in value && typeof value.file === 'string';
}

/** What a run is given, with defaults. Throws WORKFLOW_INPUT_INVALID. */
export function inputsOf({ name, inputs: declared }: Interface, given: WorkflowRun['inputs']): WorkflowRun['inputs'] {
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
  return type === 'object' ? isObject(value) : typeof value === type;
}
