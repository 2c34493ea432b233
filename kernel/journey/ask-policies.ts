// Asks the policies about a task, and notes what they say: before anything runs, and over the effects.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { PolicyVerdict } from '../../contracts/generated/ledger.v1.ts';
import type { PolicyFacts } from '../../policies/facts.ts';
import { type Content, findSecrets } from '../../policies/find-secrets.ts';
import type { Policies } from '../../policies/policies.ts';
import type { Verdict } from '../../policies/reasons.ts';
import { secretsInTask } from '../../policies/secrets-in-task.ts';
import { requestLine } from '../outbox/outbox.ts';
import type { Journey } from './journey.ts';
import { policyFacts, textsOf } from './policy-facts.ts';

/** Throws POLICY_DENIED. */
export type AskPolicies = (journey: Journey, phase: PolicyFacts['phase']) => Promise<void>;

export function newAskPolicies(policies: Policies, isolation: string): AskPolicies {
  return async (journey, phase) => {
    const { line, plugin, workspace, effects, requests } = journey;
    const findings = await secretsInTask(textsOf(line.task));
    if (phase === 'after') findings.push(...(await findSecrets(contents(journey))));
    const verdict = await policies.decide(
      policyFacts({
        task: line.task,
        plugin: plugin?.spec,
        workspace: workspace?.path,
        isolation,
        phase,
        effects,
        requests: requests.map(({ effect }) => effect),
        findings,
      }),
    );
    const others = journey.verdicts.filter((earlier) => earlier.phase !== phase);
    journey.verdicts = [...others, { phase, ...verdict } as PolicyVerdict];
    demandAllowed(verdict);
  };
}

/** Throws POLICY_DENIED. */
export function demandAllowed({ decision, reasons }: Verdict): void {
  if (decision === 'allow') return;
  const each = reasons.map(({ policy, rule, message }) => `${message} (${policy}/${rule})`);
  throw fault('POLICY_DENIED', { reasons: each.join('; ') });
}

/** The files that the effects bring, as they stand on the private copy, and what requests carry. */
function* contents({ copy, effects, requests }: Journey): Iterable<Content> {
  for (const { effect, content } of requests)
    if (content) yield { path: requestLine(effect), size: content.length, read: (most) => content.subarray(0, most) };
  if (!copy) return;
  for (const { path, after } of effects?.files ?? []) {
    if (after?.type !== 'file') continue;
    const file = join(copy.folder, path);
    yield { path, size: after.size, read: (most) => (most >= after.size ? readFileSync(file) : head(file, most)) };
  }
}

function head(file: string, most: number): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(most);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, most, 0));
  } finally {
    closeSync(descriptor);
  }
}
