// One round of `arbiter plugin dev`: the plugin is synced, and its golden fixtures are run in a real box.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArbiterError, type ErrorRecord } from '../../contracts/errors.ts';
import { syncPlugin } from '../../pdk/sync/sync-plugin.ts';
import { limitsOf, readPerformance } from '../../policies/performance.ts';
import { checkProgram } from '../l0/check-program.ts';
import { readSpec } from '../l0/read-spec.ts';
import { type Judgement, judgeGolden } from '../l1/judge-golden.ts';
import { onBench } from '../run/bench.ts';
import { Unmet } from '../run/case.ts';
import { policyFilesOf } from '../run/conform.ts';
import { type Extent, goldenFolder, goldensOf, type Subject } from '../run/subject.ts';

export interface Round {
  /** What sync wrote, by path below the folder. */
  readonly written: readonly string[];
  /** Every fixture and what came of it; none where it did not come to that. */
  readonly fixtures: readonly Fixture[];
  /** Why it did not. */
  readonly wrong?: ErrorRecord | string;
  readonly ms: number;
}

export type Fixture = Judgement & { readonly name: string; readonly ms: number };

export type RoundOptions = Pick<Extent, 'isolation' | 'policies'>;

/** Whatever is wrong with the plugin is told, not thrown: its author is in the middle of something. */
export async function runRound(folder: string, options: RoundOptions): Promise<Round> {
  const start = performance.now();
  const written: string[] = [];
  const ended = (came: Pick<Round, 'fixtures' | 'wrong'>): Round => ({
    ...{ written, ...came, ms: Math.round(performance.now() - start) },
  });
  try {
    written.push(...(await syncPlugin(folder)));
    return ended({ fixtures: await runFixtures(folder, options) });
  } catch (error) {
    return ended({ fixtures: [], wrong: toldOf(error) });
  }
}

async function runFixtures(folder: string, options: RoundOptions): Promise<Fixture[]> {
  const spec = readSpec(folder);
  await checkProgram(folder, spec);
  const goldens = existsSync(join(folder, goldenFolder)) ? goldensOf({ folder }) : [];
  const budget = limitsOf(readPerformance(policyFilesOf(options).get('performance.yml') as string), spec);
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'arbiter-dev-')));
  const subject: Subject = { ...options, ...{ folder, spec, budget, place, seed: 1, inputs: 1, samples: 1 } };
  try {
    return await onBench(subject, async (bench) => {
      const contract = JSON.parse(readFileSync(join(folder, 'ledger_contract.json'), 'utf8'));
      const fixtures: Fixture[] = [];
      for (const golden of goldens) {
        await bench.ready(golden);
        const came = await bench.answer(golden);
        fixtures.push({ name: golden.name, ms: Math.round(came.ms), ...judgeGolden(golden, came, contract) });
      }
      return fixtures;
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function toldOf(error: unknown): ErrorRecord | string {
  if (error instanceof ArbiterError) {
    const { code, message, expected, remedy } = error;
    return { code, message, expected, remedy };
  }
  if (error instanceof Unmet) return error.message;
  // Such as a file that is gone while an editor replaces it; a fault of the kit shows where it is.
  const { message, stack = message } = error as NodeJS.ErrnoException;
  return 'code' in (error as Error) ? message : stack;
}
