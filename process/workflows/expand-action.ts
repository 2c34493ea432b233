// What a step does, out of the ways in which people say it: a tool, a model's tool, another workflow, a person's approval, a
// pause, a decision table.
import type { WorkflowStep } from '../../contracts/generated/workflow.v1.ts';
import { approvalTool, decisionTool, waitTool, workflowTool } from './kernel-tools.ts';
import { waitUntil } from './wait-time.ts';
import type { Action, Interface } from './workflow.ts';

/** The tools that steps may name. */
export interface Tools {
  readonly tools: readonly string[];
  /** The plugin that owns a tool, or null. */
  ownerOf(tool: string): string | null;
}

/** What says which step and which key is wrong; throws. */
export type Refuse = (detail: string) => never;

/** A workflow that may be called, checked; with everything that it calls itself. */
export interface Called {
  readonly interface: Interface;
  /** What a run of it is given besides its inputs. */
  readonly run: Readonly<Record<string, unknown>>;
}

export interface Context {
  readonly tools: Tools;
  /** The tables that steps may ask; null where that is not known here. */
  readonly tables: readonly string[] | null;
  /** A workflow by its name. Throws for one that is not there, is wrong itself, or calls in a circle. */
  readonly call: (name: string, step: string) => Called;
  readonly refuse: Refuse;
}

type Source = Pick<
  WorkflowStep,
  | ('tool' | 'plugin' | 'action' | 'input' | 'inputs' | 'type' | 'agent' | 'prompt_template')
  | ('workflow' | 'approval' | 'wait' | 'decide')
>;

const kinds = ['workflow', 'approval', 'wait', 'decide'] as const;

export function expandAction(step: string, source: Source, context: Context): Action {
  const { refuse } = context;
  const asked = kinds.filter((kind) => source[kind] !== undefined);
  const named = (['tool', 'plugin', 'action', 'type'] as const).filter((key) => source[key] !== undefined);
  if (asked.length + Math.min(named.length, 1) > 1)
    refuse(`step ${step}: it has ${[...named.slice(0, 1), ...asked].join(' and ')}; give one of them`);
  if (source.input && source.inputs) refuse(`step ${step}: it has both input and inputs; give one of them`);
  const input = source.input ?? source.inputs ?? {};
  switch (asked[0]) {
    case 'workflow':
      return callOf(step, source.workflow as string, input, context);
    case 'approval':
      return { tool: approvalTool, input: { ...input, question: source.approval } };
    case 'wait':
      if (!source.wait?.includes('${') && waitUntil(source.wait as string, 0) === null)
        refuse(`step ${step}: wait is ${source.wait}; write 30s, 5m, 1h, or a moment such as 2026-01-01T12:00:00Z`);
      return { tool: waitTool, input: { ...input, for: source.wait } };
    case 'decide':
      if (context.tables && !context.tables.includes(source.decide as string))
        refuse(`step ${step}: there is no table ${source.decide}; there are ${context.tables.join(', ')}`);
      return { tool: decisionTool, input: { table: source.decide, facts: input } };
    default:
      return toolOf(step, source, input, context);
  }
}

export function nameOf({ name, id }: Pick<WorkflowStep, 'name' | 'id'>, refuse: Refuse): string {
  if (name !== undefined && id !== undefined && name !== id) refuse(`step ${name}: its id is ${id}; give one of them`);
  return name ?? id ?? refuse('a step has no name');
}

function callOf(step: string, name: string, inputs: Action['input'], { call, refuse }: Context): Action {
  const called = call(name, step);
  const declared = called.interface.inputs;
  if (declared !== null) {
    const unknown = Object.keys(inputs).find((key) => !Object.hasOwn(declared, key));
    if (unknown !== undefined)
      refuse(`step ${step}: ${name} has no input ${unknown}; it has ${Object.keys(declared).join(', ') || 'none'}`);
    const missing = Object.entries(declared).find(([key, input]) => input.default === undefined && !(key in inputs));
    if (missing) refuse(`step ${step}: ${name} wants the input ${missing[0]}`);
  }
  return { tool: workflowTool, input: { inputs }, verbatim: called.run };
}

function toolOf(step: string, source: Source, input: Action['input'], { tools, refuse }: Context): Action {
  const ofModel = source.type === 'ai_action';
  const wanted = source.tool ?? source.action ?? (ofModel ? 'ai-action' : refuse(`step ${step}: it names no tool`));
  const tool = spellings(wanted).find((spelling) => tools.ownerOf(spelling) !== null);
  if (tool === undefined)
    return refuse(`step ${step}: tool ${wanted} is of no installed plugin; there are ${tools.tools.join(', ')}`);
  const owner = tools.ownerOf(tool) as string;
  if (source.plugin !== undefined && !spellings(source.plugin).includes(owner))
    refuse(`step ${step}: plugin ${source.plugin} has no tool ${tool}; it is one of ${owner}`);
  const { agent, prompt_template } = source;
  const ofAgent = ofModel ? { ...(agent && { agent }), ...(prompt_template && { prompt_template }) } : {};
  return { tool, input: { ...input, ...ofAgent } };
}

/** Names of plugins and tools have hyphens; snake_case is taken for them. */
function spellings(name: string): string[] {
  return [name, name.replaceAll('_', '-')];
}
