// One level: its cases as a mocha suite, and what came of each.
import Mocha from 'mocha';
import type { Figure } from '../../contracts/generated/certificate.v1.ts';
import { type CaseId, type Category, caseIds, demandOf, type Level, requirements } from '../requirements.ts';
import { type Case, NotClaimed, Unmet } from './case.ts';

export interface CaseResult {
  readonly id: CaseId;
  readonly level: Level;
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  /** What was expected, what came and how to reproduce it; or why it was skipped. */
  readonly detail?: string;
  /** Where to look, by path below the plugin's folder. */
  readonly file?: string;
  readonly line?: number;
  readonly figures?: readonly Figure[];
  /** What does not keep the level from being reached, and is worth knowing. */
  readonly notes?: readonly string[];
}

interface Outcome extends Pick<CaseResult, 'figures' | 'file' | 'line' | 'notes'> {
  readonly reason?: string;
}

const longestCaseMs = 10 * 60_000;

/** `category` is null where there is no spec to tell it. */
export async function runLevel(
  level: Level,
  category: Category | null,
  all: readonly Case[],
  only?: CaseId,
): Promise<CaseResult[]> {
  if (category !== null) demandTheTable(level, category, all);
  const cases = only === undefined ? all : all.filter(({ id }) => id === only);
  const mocha = new Mocha({ reporter: class {} as unknown as Mocha.ReporterConstructor, timeout: longestCaseMs });
  const outcomes = new Map<Mocha.Test, Outcome>();
  const byTest = new Map<Mocha.Test, Case>();
  for (const one of cases) {
    const test = new Mocha.Test(one.title, async function (this: Mocha.Context) {
      try {
        const figures: Figure[] = [];
        const notes: string[] = [];
        await one.run(figures, notes);
        outcomes.set(test, { ...(figures.length > 0 && { figures }), ...(notes.length > 0 && { notes }) });
      } catch (error) {
        if (error instanceof Unmet) outcomes.set(test, placeOf(error));
        if (!(error instanceof NotClaimed)) throw error;
        outcomes.set(test, { reason: error.message });
        this.skip();
      }
    });
    byTest.set(test, one);
    mocha.suite.addTest(test);
  }
  const results: CaseResult[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    const note = (outcome: CaseResult['state']) => (test: Mocha.Test, error?: Error) => {
      const { figures, reason, notes, ...place } = outcomes.get(test) ?? {};
      const { id } = byTest.get(test) as Case;
      const evaded = outcome === 'skipped' && category !== null && demandOf(id, category) === 'must';
      const detail = evaded ? `expected: this of every ${category}\ncame: ${reason}` : (error?.message ?? reason);
      results.push({
        ...{ id, level, title: test.title, state: evaded ? 'failed' : outcome, ms: test.duration ?? 0 },
        ...(detail !== undefined && { detail }),
        ...place,
        ...(figures !== undefined && { figures }),
        ...(notes !== undefined && { notes }),
      });
    };
    runner.on('pass', note('passed')).on('fail', note('failed')).on('pending', note('skipped'));
  });
  mocha.dispose();
  if (results.length !== cases.length) throw new Error(`${level}: ${results.length} of ${cases.length} cases ran.`);
  return results;
}

function placeOf({ file, line }: Unmet): Pick<CaseResult, 'file' | 'line'> {
  return { file, ...(line !== undefined && { line }) };
}

/** Every case that the table asks for is there, and no other: a case that got lost would otherwise pass. */
function demandTheTable(level: Level, category: Category, cases: readonly Case[]): void {
  const there = new Set(cases.map(({ id }) => id));
  const asked = caseIds.filter((id) => requirements[id].level === level && demandOf(id, category) !== 'no');
  const lost = asked.find((id) => !there.has(id));
  if (lost) throw new Error(`${level} has no case ${lost}, which a ${category} has to show.`);
  const strange = [...there].find((id) => !asked.includes(id));
  if (strange) throw new Error(`${level} has a case ${strange}, which is not asked of a ${category}.`);
}
