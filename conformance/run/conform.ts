// Runs a plugin through the levels, and gives what came out.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fault } from '../../contracts/errors.ts';
import type { Figure } from '../../contracts/generated/certificate.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { packageRoot } from '../../kernel/version.ts';
import { digestOf } from '../../ledger/digest.ts';
import { policiesInForce } from '../../policies/in-force.ts';
import { limitsOf, readPerformance } from '../../policies/performance.ts';
import { l0Cases } from '../l0/cases.ts';
import { readSpec } from '../l0/read-spec.ts';
import { l1Cases } from '../l1/cases.ts';
import { l2Cases } from '../l2/cases.ts';
import { l3Cases } from '../l3/cases.ts';
import { l4Cases } from '../l4/cases.ts';
import { l5Cases } from '../l5/cases.ts';
import { type CaseId, type Category, type Level, levels } from '../requirements.ts';
import type { Case } from './case.ts';
import { type CaseResult, runLevel } from './run-level.ts';
import type { Extent, Subject } from './subject.ts';

export interface ConformOptions extends Extent {
  /** The last level to run; those before it come first. */
  readonly level: Level;
  /** Of the levels after L0, this case alone; what was reached says nothing then. */
  readonly only?: CaseId;
}

export interface Verdict {
  readonly folder: string;
  /** Its id, or the folder's name where there is no spec to tell it. */
  readonly plugin: string;
  readonly version: string | null;
  readonly category: Category | null;
  /** Of manifest.json, once that was found to be true. */
  readonly digest: string | null;
  readonly extent: Extent;
  /** The highest level without a failure in it or below; null where L0 failed. */
  readonly reached: Level | null;
  readonly cases: readonly CaseResult[];
  readonly figures: readonly Figure[];
}

const casesOf: Readonly<Record<Exclude<Level, 'L0'>, (subject: Subject) => Case[]>> = {
  ...{ L1: l1Cases, L2: l2Cases, L3: l3Cases, L4: l4Cases, L5: l5Cases },
};

/**
 * Runs the plugin in `folder` through the levels. A level runs only when the one before it passed: a plugin whose digests
 * are false is not started. Throws PLUGIN_FILE_MISSING where there is no such folder.
 */
export async function conform(folder: string, { level, only, ...extent }: ConformOptions): Promise<Verdict> {
  if (!existsSync(folder)) throw fault('PLUGIN_FILE_MISSING', { folder, file: 'plugin.spec.json' });
  const performance = readPerformance(policyFilesOf(extent).get('performance.yml') as string);
  const spec = specOf(folder);
  const cases = await runLevel(
    'L0',
    spec?.category ?? null,
    l0Cases(folder, { seed: extent.seed, most: (category) => performance.categories[category] }),
  );
  const passed = !failed(cases);
  let reached: Level | null = passed ? 'L0' : null;
  if (passed && spec) {
    const place = realpathSync(mkdtempSync(join(tmpdir(), 'arbiter-conform-')));
    const subject: Subject = { ...extent, folder, spec, budget: limitsOf(performance, spec), place };
    try {
      for (const one of levels.slice(1, levels.indexOf(level) + 1) as Exclude<Level, 'L0'>[]) {
        const ran = await runLevel(one, spec.category, casesOf[one](subject), only);
        cases.push(...ran);
        if (failed(ran)) break;
        reached = one;
      }
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }
  return {
    folder,
    plugin: spec?.id ?? basename(folder),
    version: spec?.version ?? null,
    category: spec?.category ?? null,
    digest: passed ? digestOf(readFileSync(join(folder, 'manifest.json'))) : null,
    extent,
    reached,
    cases,
    figures: cases.flatMap(({ figures = [] }) => figures),
  };
}

/** File name → path of the policies that count. */
export function policyFilesOf({ policies }: Pick<Extent, 'policies'>): ReadonlyMap<string, string> {
  const own = fileURLToPath(new URL('policies', packageRoot));
  return policiesInForce(policies === null ? [own] : [own, policies]).files;
}

function specOf(folder: string): PluginSpec | null {
  try {
    return readSpec(folder);
  } catch {
    return null;
  }
}

function failed(cases: readonly CaseResult[]): boolean {
  return cases.some(({ state }) => state === 'failed');
}
