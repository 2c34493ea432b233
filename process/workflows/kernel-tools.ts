// The tools that the kernel itself answers to. They are tasks like any other, with an entry each, so that a run of a workflow
// needs nothing but its tasks' outcomes to go on where it was.
import type { Node } from '../step-graph.ts';

/** Runs a workflow; its output is what the workflow answers. */
export const workflowTool = 'run-workflow';
/** Waits until a person approves. */
export const approvalTool = 'await-approval';
/** Is done when its time has come. */
export const waitTool = 'wait';
/** Asks a decision table, and answers with its output. */
export const decisionTool = 'ask-table';

export const kernelTools: readonly string[] = [workflowTool, approvalTool, waitTool, decisionTool];

/** What is drawn for a step with such a tool. */
export function drawnAs(tool: string): Extract<Node, { kind: 'step' }>['drawnAs'] {
  return ({ [workflowTool]: 'call', [approvalTool]: 'person', [waitTool]: 'timer', [decisionTool]: 'table' } as const)[
    tool
  ];
}
