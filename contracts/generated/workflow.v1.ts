// Generated from contracts/schemas/workflow.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * Steps that are tasks, in an order: a YAML file in process/workflows/ of a home.
 */
export interface Workflow {
  schema?: 'workflow.v1';
  name: string;
  description?: string;
  version?: string | number;
  /**
   * Short form: how the steps hang together; sequential when left out.
   */
  chain?: 'sequential' | 'parallel' | 'conditional' | 'saga';
  inputs?: {
    [k: string]: WorkflowInput | undefined;
  };
  /**
   * Names for values; looked up when they are used.
   */
  variables?: {
    [k: string]: unknown | undefined;
  };
  /**
   * For steps that say nothing.
   */
  on_error?: 'fail' | 'rollback' | 'retry' | 'continue';
  /**
   * For each of the steps of a parallel chain.
   */
  timeout?: string;
  /**
   * How many steps of a parallel chain may fail.
   */
  may_fail?: number;
  /**
   * @minItems 1
   * @maxItems 500
   */
  steps: [WorkflowStep, ...WorkflowStep[]];
  /**
   * What the run answers.
   */
  outputs?: {
    [k: string]: unknown | undefined;
  };
}
export interface WorkflowInput {
  type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  /**
   * Makes the input optional.
   */
  default?: {
    [k: string]: unknown | undefined;
  };
  description?: string;
}
export interface WorkflowStep {
  /**
   * Unique in the workflow.
   */
  name?: string;
  /**
   * The same as name.
   */
  id?: string;
  /**
   * What kind of step: action, or ai_action, which runs the operation ai-action.
   */
  type?: 'action' | 'ai_action';
  /**
   * The operation to run.
   */
  tool?: string;
  /**
   * The plugin that has to own the operation.
   */
  plugin?: string;
  /**
   * The operation to run, beside plugin.
   */
  action?: string;
  /**
   * Another workflow to run, by its name; input are its inputs, and its outputs are the step's output.
   */
  workflow?: string;
  /**
   * What a person is asked; the step is done when somebody approves, and fails when it is rejected.
   */
  approval?: string;
  /**
   * How long to wait, such as 500ms, 30s, 5m or 1h, or a moment as RFC 3339; ${…} stands for a value.
   */
  wait?: string;
  /**
   * A decision table to ask, with input as its facts; the output are the fields of its answer, or answer where it has one.
   */
  decide?: string;
  /**
   * Its input; ${…} stands for a value.
   */
  input?: {
    [k: string]: unknown | undefined;
  };
  /**
   * The same as input.
   */
  inputs?: {
    [k: string]: unknown | undefined;
  };
  /**
   * Handed to ai-action.
   */
  agent?: string;
  /**
   * Handed to ai-action.
   */
  prompt_template?: string;
  /**
   * Field of the output → where it is kept, for later steps.
   */
  outputs?: {
    [k: string]: string | undefined;
  };
  /**
   * FEEL; the step is left out unless it is true.
   */
  when?: string;
  /**
   * fail ends the run; rollback compensates what is done, in reverse; retry tries again, then fails; continue goes on without.
   */
  on_error?: 'fail' | 'rollback' | 'retry' | 'continue';
  /**
   * Attempts after the first one.
   */
  retry_count?: number;
  /**
   * Such as 500ms, 30s, 5m or 1h.
   */
  timeout?: string;
  compensate?: Compensation;
  /**
   * Steps that run side by side.
   *
   * @minItems 1
   */
  parallel?: [WorkflowStep, ...WorkflowStep[]];
  /**
   * How many of the parallel steps may fail; none when left out.
   */
  may_fail?: number;
  /**
   * Steps one after another that fail or are left out as one.
   *
   * @minItems 1
   */
  steps?: [WorkflowStep, ...WorkflowStep[]];
}
export interface Compensation {
  /**
   * The operation to run.
   */
  tool?: string;
  /**
   * The plugin that has to own the operation.
   */
  plugin?: string;
  /**
   * The operation to run, beside plugin.
   */
  action?: string;
  /**
   * Its input; ${…} stands for a value.
   */
  input?: {
    [k: string]: unknown | undefined;
  };
  /**
   * The same as input.
   */
  inputs?: {
    [k: string]: unknown | undefined;
  };
}
