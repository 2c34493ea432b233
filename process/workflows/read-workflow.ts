// Reads a workflow, as YAML or as a BPMN diagram, checks it with everything that it calls, and compiles it to what the engine
// runs.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseDocument } from 'yaml';
import { check, type Misfit } from '../../contracts/check.ts';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { Workflow } from '../../contracts/generated/workflow.v1.ts';
import { checkNames } from './check-names.ts';
import { compileWorkflow } from './compile-workflow.ts';
import type { Called, Tools } from './expand-action.ts';
import { expandWorkflow } from './expand-workflow.ts';
import { readBpmnWorkflow } from './read-bpmn-workflow.ts';
import type { RunnableWorkflow } from './runnable.ts';
import type { WorkflowPlan } from './workflow.ts';

/** What a workflow's file holds: YAML as a value, a diagram as its text. */
export interface WorkflowFile {
  readonly source: unknown;
  /** Its name, for messages. */
  readonly file: string;
}

/** Where the workflows are that others call, by name; null for one that is not there. */
export type Library = (name: string) => WorkflowFile | null;

export interface Surroundings {
  readonly tools: Tools;
  /** Null where it is not known here which tables there are. */
  readonly tables: readonly string[] | null;
  readonly library: Library;
}

export interface PreparedWorkflow extends RunnableWorkflow {
  /** Every workflow that it calls, and that those call, by name. */
  readonly calls: Readonly<Record<string, WorkflowFile>>;
  /** As it was written; null for a diagram. */
  readonly plan: WorkflowPlan | null;
}

export const workflowEnding = /\.(ya?ml|bpmn)$/;

/** Throws WORKFLOW_INVALID where the file is no YAML, with the line. A diagram is read when it is prepared. */
export function readWorkflowFile(path: string): WorkflowFile {
  const text = readFileSync(path, 'utf8');
  const file = basename(path);
  if (file.endsWith('.bpmn')) return { source: text, file };
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw fault('WORKFLOW_INVALID', { file, detail: error.message.split('\n')[0] ?? '' });
  return { source: document.toJS(), file };
}

/** Throws WORKFLOW_INVALID with step and key, or element. */
export function prepareWorkflow(file: WorkflowFile, surroundings: Surroundings): Promise<PreparedWorkflow> {
  return prepare(file, surroundings, []);
}

/** `callers` are the names that led here. */
async function prepare(
  { source, file }: WorkflowFile,
  surroundings: Surroundings,
  callers: readonly string[],
): Promise<PreparedWorkflow> {
  const refuse = (detail: string): never => {
    throw fault('WORKFLOW_INVALID', { file, detail });
  };
  const calls: Record<string, WorkflowFile> = {};
  const known = new Map<string, Called>();
  for (const [name, step] of callsIn(source)) {
    if (known.has(name)) continue;
    if (callers.includes(name)) refuse(`step ${step}: ${[...callers, name].join(' → ')} call each other in a circle`);
    const found = surroundings.library(name) ?? refuse(`step ${step}: there is no workflow ${name}`);
    const inner = await prepare(found, surroundings, [...callers, name]).catch((error) => {
      if (!(error instanceof ArbiterError)) throw error;
      return refuse(`step ${step}: ${error.message}`);
    });
    Object.assign(calls, inner.calls, { [name]: found });
    known.set(name, { interface: inner, run: { workflow: found.source, file: found.file, calls: inner.calls } });
  }
  const call = (name: string): Called => known.get(name) ?? refuse(`there is no workflow ${name}`);
  const context = { tools: surroundings.tools, tables: surroundings.tables, call, refuse };
  if (typeof source === 'string') return { ...(await readBpmnWorkflow(source, context)), calls, plan: null };
  const checked = check('workflow.v1', source);
  if (!checked.ok) return refuse(worded(source, checked.misfits));
  const plan = expandWorkflow(checked.value as Workflow, context);
  checkNames(plan, refuse);
  return { ...compileWorkflow(plan), calls, plan };
}

/** The workflows that a source names, with the step that does; what is wrong elsewhere is found later. */
function callsIn(source: unknown): [name: string, step: string][] {
  if (typeof source === 'string')
    return [...source.matchAll(/\bcalledElement="([^"]+)"/g)].map(([, name]) => [name as string, name as string]);
  if (typeof source !== 'object' || source === null) return [];
  const { workflow, name, id, steps, parallel } = source as Record<string, unknown>;
  const inner = [steps, parallel].flatMap((list) => (Array.isArray(list) ? list.flatMap(callsIn) : []));
  return typeof workflow === 'string' ? [[workflow, `${name ?? id}`], ...inner] : inner;
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
