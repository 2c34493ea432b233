// Generated from contracts/schemas/task.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * One unit of work asked for: one JSON line of an inbox file.
 */
export type Task = {
  /**
   * Your own name for this task. An id is a promise: once it is done, waiting or running, a second line with the same id and content gets the first one's result. Left out, the kernel makes one from the claim and the line number.
   */
  id?: string;
  /**
   * Which operation to run; the plugin is chosen by the plugin-selection table.
   */
  tool?: string;
  /**
   * Free text instead of a tool.
   */
  request?: string;
  /**
   * Files that a request is about.
   */
  files?: string[];
  /**
   * Parts of a request.
   */
  subtasks?: string[];
  /**
   * A line for people.
   */
  title?: string;
  /**
   * The tool's input; checked against the tool's own schema.
   */
  input?: {
    [k: string]: unknown | undefined;
  };
  /**
   * The folder or repository the task is about: an absolute path below one of the granted workspaces, or that path with the branch to work on.
   */
  workspace?: string | WorkspaceReference;
  /**
   * Show what would change, and change nothing.
   */
  whatIf?: boolean;
  /**
   * 1 is most urgent, 10 least; 5 when left out.
   */
  priority?: number;
  /**
   * Words that decision tables may look at.
   */
  tags?: string[];
  /**
   * Ids of tasks that must be done first.
   */
  dependsOn?: string[];
  /**
   * Earliest start, RFC 3339.
   */
  notBefore?: string;
  /**
   * Wall time the tool may take, milliseconds.
   */
  timeoutMs?: number;
  retry?: RetryWish;
  /**
   * required: a person approves before effects are kept.
   */
  approval?: 'required' | 'none';
  budget?: Budget;
  /**
   * Handed on to services outside, so that they can recognise a repetition.
   */
  idempotencyKey?: string;
  /**
   * The task that asked for this one.
   */
  parentId?: string;
  /**
   * Groups tasks of one session.
   */
  sessionId?: string;
  /**
   * Who asked.
   */
  userId?: string;
  /**
   * Which agent asked.
   */
  agent?: string;
  /**
   * W3C trace context to continue.
   */
  traceparent?: string;
  /**
   * Kept with the task, never interpreted.
   */
  metadata?: {
    [k: string]: unknown | undefined;
  };
} & {
  [k: string]: unknown | undefined;
};

export interface WorkspaceReference {
  /**
   * Absolute path.
   */
  path: string;
  /**
   * Branch to start from and to move. A branch that is checked out anywhere is never moved.
   */
  ref?: string;
}
/**
 * How often and after what delays to try again. What is left out is for the decision table, then for the plugin's spec.
 */
export interface RetryWish {
  /**
   * Attempts in all, the first one counted.
   */
  maxAttempts?: number;
  strategy?: 'linear' | 'exponential' | 'fibonacci';
  /**
   * Delay before the second attempt.
   */
  delayMs?: number;
  /**
   * The largest part of a delay that chance may add to it, so that retries do not march in step; 0.2 when left out.
   */
  jitter?: number;
}
/**
 * What the task may spend over all its attempts. An attempt that it has nothing left for is not started.
 */
export interface Budget {
  /**
   * From the start of the first attempt, the waits between attempts counted.
   */
  timeMs?: number;
  /**
   * Tokens of models, as the plugin reports them by spend.
   */
  tokens?: number;
  /**
   * Money, as the plugin reports it by spend.
   */
  usd?: number;
}
