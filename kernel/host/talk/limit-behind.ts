// Which limit stands behind what a program said or how it ended. The machine's kernel tells only the program that a
// limit was reached, as an error number; so that people see the limit's name, its words are read.
import type { CategoryBudget } from '../../../contracts/generated/performance.v1.ts';

/** A limit of a box: attempts are the task's, and p95Ms ends nothing. */
export type LimitName = Exclude<keyof CategoryBudget, 'attempts' | 'p95Ms'>;

const words: readonly (readonly [RegExp, LimitName])[] = [
  [/\bEMFILE\b|Too many open files/, 'openFiles'],
  [/\bEFBIG\b|File too large/, 'fileMb'],
  [/\bENOSPC\b|No space left on device/, 'scratchMb'],
  [/(spawn|fork|clone|thread).*(\bEAGAIN\b|Resource temporarily unavailable)|can't start new thread/, 'processes'],
  [/\bENOMEM\b|Cannot allocate memory|MemoryError|heap out of memory|Array buffer allocation failed/, 'memoryMb'],
];

const signals: Readonly<Record<string, LimitName>> = { SIGXCPU: 'cpuSeconds', SIGXFSZ: 'fileMb' };

export function limitInWords(text: string): LimitName | null {
  return words.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

export function limitInSignal(signal: string | null): LimitName | null {
  return signals[signal ?? ''] ?? null;
}
