// policies/performance.yml: what a plugin may take at most, by category.
import { readFileSync } from 'node:fs';
import { type Document, parseDocument } from 'yaml';
import { check, type Misfit } from '../contracts/check.ts';
import { fault } from '../contracts/errors.ts';
import type { CategoryBudget, PerformancePolicy } from '../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';

/** Reads and checks the policy at `file`. Throws POLICY_INVALID. */
export function readPerformance(file: string): PerformancePolicy {
  const refuse = (detail: string) =>
    fault('POLICY_INVALID', {
      file,
      detail,
      expectation: 'What performance.v1 describes',
      hint: 'Correct the place named.',
    });
  const document = parseDocument(readFileSync(file, 'utf8'));
  if (document.errors[0]) throw refuse(document.errors[0].message.replace(/:?\n.*$/s, ''));
  const checked = check('performance.v1', content(document));
  if (checked.ok) return checked.value;
  const { instancePath, message, params } = checked.misfits[0] as Misfit;
  const key = params.additionalProperty === undefined ? '' : `: ${params.additionalProperty}`;
  throw refuse(`${instancePath || 'the top'} ${message}${key}`);

  /** An alias that leads nowhere, or to too much, shows only here. */
  function content(document: Document): unknown {
    try {
      return document.toJS();
    } catch (error) {
      throw refuse((error as Error).message);
    }
  }
}

/** A plugin's limits: its own where they are tighter than its category's. */
export function limitsOf(policy: PerformancePolicy, { category, limits = {} }: PluginSpec): CategoryBudget {
  const budget = policy.categories[category];
  const tighter = Object.entries(budget).map(([name, most]) => [
    name,
    Math.min(most, limits[name as keyof typeof limits] ?? most),
  ]);
  return Object.fromEntries(tighter) as unknown as CategoryBudget;
}
