// What a run tells: text for people, JSON for programs.
import type { Level, Verdict } from './case.ts';
import type { LevelResult } from './run-level.ts';

export interface Totals {
  readonly level: Level;
  readonly cases: number;
  readonly blocked: number;
  /** Names of those that were not blocked. */
  readonly open: readonly string[];
}

export function totalsOf({ level, verdicts }: LevelResult): Totals {
  const open = notBlocked(verdicts).map(({ name }) => name);
  return { level, cases: verdicts.length, blocked: verdicts.length - open.length, open };
}

/** What the level was to block and did not, and what could not be tried. */
export function failuresOf({ verdicts }: LevelResult): Verdict[] {
  return verdicts.filter(({ result, declared }) => result === 'not tried' || (result === 'open' && declared === null));
}

function notBlocked(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter(({ result }) => result !== 'blocked');
}

export function textOf(result: LevelResult): string {
  const { level, cases, blocked } = totalsOf(result);
  const failures = failuresOf(result);
  const declared = notBlocked(result.verdicts).filter((verdict) => !failures.includes(verdict));
  return [
    `${level} (${result.by}): ${cases} cases, ${blocked} blocked, ${result.seconds} s`,
    ...declared.map(({ group, name, declared: why }) => `  open: ${group}: ${name}: ${why}`),
    ...failures.map(({ group, name, result: what, detail }) => `  NOT BLOCKED: ${group}: ${name}: ${what}: ${detail}`),
  ].join('\n');
}
