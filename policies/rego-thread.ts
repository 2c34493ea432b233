// Asks policies in Rego about large changes, in a thread of its own: 20,000 files take half a second.
import { Piscina } from 'piscina';
import type { PolicyFacts } from './facts.ts';
import type { Verdict } from './reasons.ts';
import { loadRego, type RegoPolicies } from './rego-policies.ts';

let policies: RegoPolicies | undefined;

/** Called with nothing it only makes ready. */
export default function decide(facts?: PolicyFacts): Verdict | undefined {
  policies ??= loadRego(Piscina.workerData);
  return facts && policies.decide(facts);
}
