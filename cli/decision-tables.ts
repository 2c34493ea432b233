// Which files the decisions of a home come from.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Home } from '../kernel/home.ts';
import { packageRoot } from '../kernel/version.ts';
import { loadDecisionSet } from '../process/decisions/decision-set.ts';

/** The package's tables, then the home's own, which replace those of the same id. */
export function decisionFiles(home: Home): string[] {
  return [fileURLToPath(new URL('process/decisions.dmn', packageRoot)), join(home.process, 'decisions.dmn')];
}

/** The tables that a kernel on this home would have. */
export async function tableIds(home: Home): Promise<string[]> {
  return [...(await loadDecisionSet(decisionFiles(home))).tables.keys()];
}
