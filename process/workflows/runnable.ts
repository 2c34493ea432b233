// What the engine runs of a workflow, however it was written: a step graph, and what its nodes stand for.
import type { StepGraph } from '../step-graph.ts';
import type { Action, Interface, Step } from './workflow.ts';

/** How a run ends. */
export type Ending = 'done' | 'failed' | 'compensated';

export type StepStatus = 'done' | 'failed' | 'skipped';

/** A task that a node stands for. */
export interface NodeTask extends Pick<Step, 'attempts' | 'timeoutMs'> {
  readonly kind: 'task';
  /** The step that it does, or undoes. */
  readonly step: string;
  readonly undoes: boolean;
  readonly action: Action;
  /** `*` keeps every field under its own name. */
  readonly keeps: Step['keeps'] | '*';
  /** Whether the run goes on when it fails. */
  readonly tolerated: boolean;
}

/** A node that only notes how a block ended. */
export interface NodeMark {
  readonly kind: 'mark';
  readonly step: string;
  readonly status: StepStatus;
}

export interface RunnableWorkflow extends Interface {
  readonly graph: StepGraph;
  readonly work: ReadonlyMap<string, NodeTask | NodeMark>;
  readonly endings: ReadonlyMap<string, Ending>;
  /** Every step, in the order in which they are written. */
  readonly steps: readonly string[];
}

export const undoOf = (step: string): string => `${step}.undo`;
