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
   * One call, milliseconds.
   */
  wallMs: number;
  /**
   * One process over its whole life, seconds of CPU.
   */
  cpuSeconds: number;
  /**
   * Data segment of one process, megabytes.
   */
  memoryMb: number;
  processes: number;
  openFiles: number;
  /**
   * Largest file it may write, megabytes.
   */
  fileMb: number;
  /**
   * Longest line it may answer, bytes.
   */
  outputBytes: number;
}
