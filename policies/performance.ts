// policies/performance.yml: what a plugin may take at most, by category.
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { check } from '../contracts/check.ts';
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
  if (document.errors[0]) throw refuse(document.errors[0].message.split('\n')[0] ?? 'it is not YAML');
  const checked = check('performance.v1', document.toJS());
  if (checked.ok) return checked.value;
  const { instancePath, message } = checked.misfits[0] ?? {};
  throw refuse(`${instancePath || 'the top'} ${message}`);
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
