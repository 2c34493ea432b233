// A workflow with its short forms written out: what is checked and compiled.

/** `continue` and `fail` as people write them; `retry` has become attempts. */
export type OnError = 'fail' | 'rollback' | 'continue';

export interface Action {
  readonly tool: string;
  /** With `${…}` still in it. */
  readonly input: Readonly<Record<string, unknown>>;
  /** More of the input, taken as it stands: a workflow that is called has variables of its own. */
  readonly verbatim?: Readonly<Record<string, unknown>>;
}

export interface Step {
  readonly kind: 'step';
  readonly name: string;
  readonly action: Action;
  /** Fields of the output, and the paths under which they are kept. */
  readonly keeps: readonly (readonly [field: string, path: string])[];
  /** FEEL, or null for always. */
  readonly when: string | null;
  readonly onError: OnError;
  /** Null leaves it to the task's tool and tables. */
  readonly attempts: number | null;
  readonly timeoutMs: number | null;
  readonly compensate: Action | null;
}

/** Parts one after another that fail or are left out as one: a sub-process. */
export interface Block {
  readonly kind: 'block';
  readonly name: string;
  readonly when: string | null;
  readonly onError: OnError;
  readonly parts: readonly Part[];
}

/** Parts side by side. */
export interface Group {
  readonly kind: 'group';
  readonly name: string;
  readonly when: string | null;
  readonly onError: OnError;
  readonly mayFail: number;
  readonly parts: readonly (Step | Block)[];
}

/** The first part whose condition holds; one without a condition, if no other does. */
export interface Choice {
  readonly kind: 'choice';
  readonly name: string;
  readonly parts: readonly (Step | Block)[];
}

export type Part = Step | Block | Group | Choice;

export interface WorkflowInput {
  readonly type?: string;
  readonly default?: unknown;
}

/** What a run is given, and what it answers. */
export interface Interface {
  readonly name: string;
  /** Null when the workflow declares none: it takes any. */
  readonly inputs: Readonly<Record<string, WorkflowInput>> | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface WorkflowPlan extends Interface {
  readonly parts: readonly Part[];
}

/** The steps of a part, in the order in which they are written. */
export function stepsOf(part: Part): readonly Step[] {
  return part.kind === 'step' ? [part] : part.parts.flatMap(stepsOf);
}
