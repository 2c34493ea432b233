// The policies in force in a home: the package's, and the home's own, where a file of the same name wins.
import { fileURLToPath } from 'node:url';
import { type PoliciesInForce, policiesInForce } from '../policies/in-force.ts';
import type { Home } from './home.ts';
import { packageRoot } from './version.ts';

export const shippedPolicies = fileURLToPath(new URL('policies', packageRoot));

/** `others` win over both. */
export function homePolicies(home: Home, ...others: readonly string[]): PoliciesInForce {
  return policiesInForce([shippedPolicies, home.policies, ...others]);
}
