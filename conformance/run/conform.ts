// Runs the levels for a plugin, as mocha suites, and gives what came out.
import { rmSync } from 'node:fs';
import Mocha from 'mocha';
import { l0Cases } from '../l0/cases.ts';
import { l1Cases } from '../l1/cases.ts';
import { l2Cases } from '../l2/cases.ts';
import { l3Cases } from '../l3/cases.ts';
import { type Case, NotClaimed, type Subject, subjectAt } from './subject.ts';

export const levels = ['L0', 'L1', 'L2', 'L3'] as const;
export type Level = (typeof levels)[number];

export interface ConformOptions {
  /** The last level to run; those before it come first. */
  readonly level: Level;
  readonly seed: number;
  readonly runs: number;
  readonly isolation: string;
}

export interface CaseResult {
  readonly level: Level;
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  /** What was expected, what came and how to reproduce it; or why it was skipped. */
  readonly detail?: string;
}

export interface Verdict {
  readonly plugin: string;
  readonly version: string;
  readonly category: string;
  readonly seed: number;
  readonly runs: number;
  /** The highest level without a failure in it or below; null where L0 failed. */
  readonly reached: Level | null;
  readonly cases: readonly CaseResult[];
}

const casesOf: Readonly<Record<Level, (subject: Subject) => Case[]>> = {
  L0: l0Cases,
  L1: l1Cases,
  L2: l2Cases,
  L3: l3Cases,
};
const longestCaseMs = 10 * 60_000;

/**
 * Runs the plugin in `folder` through the levels. A level runs only when the one before it passed: a plugin whose digests
 * are false is not started. Throws where the folder holds no spec that can be read.
 */
export async function conform(folder: string, { level, seed, runs, isolation }: ConformOptions): Promise<Verdict> {
  const subject = subjectAt(folder, { seed, runs, isolation });
  const cases: CaseResult[] = [];
  let reached: Level | null = null;
  try {
    for (const one of levels.slice(0, levels.indexOf(level) + 1)) {
      const ran = await runLevel(one, casesOf[one](subject));
      cases.push(...ran);
      if (ran.some(({ state }) => state === 'failed')) break;
      reached = one;
    }
  } finally {
    rmSync(subject.place, { recursive: true, force: true });
  }
  const { id, version, category } = subject.spec;
  return { plugin: id, version, category, seed, runs, reached, cases };
}

async function runLevel(level: Level, cases: readonly Case[]): Promise<CaseResult[]> {
  const mocha = new Mocha({ reporter: class {} as unknown as Mocha.ReporterConstructor, timeout: longestCaseMs });
  const reasons = new Map<string, string>();
  for (const { title, run } of cases)
    mocha.suite.addTest(
      new Mocha.Test(title, async function (this: Mocha.Context) {
        try {
          await run();
        } catch (error) {
          if (!(error instanceof NotClaimed)) throw error;
          reasons.set(title, error.message);
          this.skip();
        }
      }),
    );
  const results: CaseResult[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    const note = (state: CaseResult['state']) => (test: Mocha.Test, error?: Error) => {
      const detail = error?.message ?? reasons.get(test.title);
      results.push({
        level,
        title: test.title,
        state,
        ms: test.duration ?? 0,
        ...(detail !== undefined && { detail }),
      });
    };
    runner.on('pass', note('passed')).on('fail', note('failed')).on('pending', note('skipped'));
  });
  mocha.dispose();
  if (results.length !== cases.length) throw new Error(`${level}: ${results.length} of ${cases.length} cases ran.`);
  return results;
}
