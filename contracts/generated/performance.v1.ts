// Generated from contracts/schemas/performance.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * policies/performance.yml: the most that a plugin of a category may take. A plugin's own limits may only be tighter.
 */
export interface PerformancePolicy {
  schema: 'performance.v1';
  categories: CategoryBudgets;
}
export interface CategoryBudgets {
  acquisition: CategoryBudget;
  transformation: CategoryBudget;
  'state-change': CategoryBudget;
  validation: CategoryBudget;
  orchestration: CategoryBudget;
}
export interface CategoryBudget {
  /**
   * Attempts of one task, the first one counted; what task and plugin ask for may only be fewer.
   */
  attempts?: number;
  /**
   * What 95 of 100 calls may take, milliseconds, for conformance at L4; when left out, wallMs.
   */
  p95Ms?: number;
  /**
   * One call, milliseconds.
   */
  wallMs: number;
  /**
   * All processes in a box over its whole life, seconds of CPU.
   */
  cpuSeconds: number;
  /**
   * Memory of all processes in a box together, megabytes.
   */
  memoryMb: number;
  /**
   * Processes and threads in a box.
   */
  processes: number;
  /**
   * Open files of one process.
   */
  openFiles: number;
  /**
   * Largest file it may write, megabytes.
   */
  fileMb: number;
  /**
   * Longest line it may answer, bytes.
   */
  outputBytes: number;
  /**
   * Largest /tmp and /dev/shm of its box, megabytes each.
   */
  scratchMb: number;
  /**
   * What it may add to its private copy, megabytes.
   */
  workspaceMb: number;
  /**
   * Messages besides answers (log, progress, kernel calls), on average over a second.
   */
  messagesPerSecond: number;
  /**
   * All that it writes to stdout and stderr, megabytes, on average over a second.
   */
  outputMbPerSecond: number;
  /**
   * A shared process is replaced after this many tasks.
   */
  recycleTasks: number;
}
