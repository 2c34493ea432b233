// Reads a workflow file, checks it, and compiles it to the step graph that the engine walks.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseDocument } from 'yaml';
import { check, type Misfit } from '../../contracts/check.ts';
import { fault } from '../../contracts/errors.ts';
import type { Workflow } from '../../contracts/generated/workflow.v1.ts';
import type { StepGraph } from '../step-graph.ts';
import { checkNames } from './check-names.ts';
import { compileWorkflow } from './compile-workflow.ts';
import { expandWorkflow, type Tools } from './expand-workflow.ts';
import type { WorkflowPlan } from './workflow.ts';

export interface RunnableWorkflow {
  readonly plan: WorkflowPlan;
  readonly graph: StepGraph;
}

/** Throws WORKFLOW_INVALID where the file is no YAML, with the line. */
export function readWorkflowFile(file: string): unknown {
  const document = parseDocument(readFileSync(file, 'utf8'));
  const [error] = document.errors;
  if (error) throw fault('WORKFLOW_INVALID', { file: basename(file), detail: error.message.split('\n')[0] ?? '' });
  return document.toJS();
}

/** Checks what a workflow file holds. Throws WORKFLOW_INVALID with step and key; `file` is named in the message. */
export function prepareWorkflow(source: unknown, tools: Tools, file: string): RunnableWorkflow {
  const refuse = (detail: string): never => {
    throw fault('WORKFLOW_INVALID', { file, detail });
  };
  const checked = check('workflow.v1', source);
  if (!checked.ok) return refuse(worded(source, checked.misfits));
  const plan = expandWorkflow(checked.value as Workflow, tools, refuse);
  checkNames(plan, refuse);
  return { plan, graph: compileWorkflow(plan) };
}

function worded(source: unknown, misfits: readonly Misfit[]): string {
  const misfit = misfits.reduce((best, one) => (one.instancePath.length > best.instancePath.length ? one : best));
  const { instancePath, message = '', params } = misfit;
  const keys = instancePath.split('/').slice(1);
  const key = params.additionalProperty ?? params.missingProperty;
  const allowed = params.allowedValues ? `: ${params.allowedValues.join(', ')}` : '';
  const said = `${message}${key === undefined ? '' : ` (${key})`}${allowed}`;
  if (keys[0] !== 'steps' || keys[1] === undefined) return `${keys.join('.') || 'the whole'} ${said}`;
  const steps = (source as { steps: ({ name?: unknown; id?: unknown } | null)[] }).steps;
  const step = steps[Number(keys[1])];
  const name = step?.name ?? step?.id ?? `number ${Number(keys[1]) + 1}`;
  return `step ${name}: ${keys.slice(2).join('.') || 'it'} ${said}`;
}
