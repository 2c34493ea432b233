// Where test:crash kills the kernel: with ARBITER_CRASH_POINT=<name>[:<n>] in the environment, the process kills itself
// on the n-th pass (from 1) of the place of that name, as kill -9 would. Without it a place costs one comparison.

/** Places in which a kernel may die, in the order in which a task passes them. */
export const crashPoints = [
  'after-claim',
  'line-read',
  'copying',
  'storing-content',
  'before-prepared',
  'after-prepared',
  'between-files',
  'before-update-ref',
  'during-update-ref',
  'after-update-ref',
  'before-send',
  'after-send',
  'after-apply',
  'after-outcome',
  'before-park',
  'after-park',
  'before-unpark',
  'after-unpark',
  'before-late-result',
  'after-late-result',
  'before-results-move',
  'between-results-moves',
  'before-done',
  'after-done',
  'in-recovery',
  'after-recovered-effects',
] as const;

/** Those that only workflows pass. */
export const workflowCrashPoints = ['before-step', 'after-steps'] as const;

export type CrashPoint = (typeof crashPoints)[number] | (typeof workflowCrashPoints)[number];

const [wanted, times = '1'] = process.env.ARBITER_CRASH_POINT?.split(':') ?? [];
let left = Number(times);

export function crashPoint(name: CrashPoint): void {
  if (wanted !== undefined && wanted === name && --left === 0) process.kill(process.pid, 'SIGKILL');
}
