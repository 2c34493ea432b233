// Rollback: throws the private copy away. The workspace was never touched, or has been put back.
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { Audit } from '../audit/audit.ts';
import type { Journey, Step } from './journey.ts';

export function newRollback(audit: Audit): Step {
  return async (journey) => {
    await journey.copy?.discard();
    journey.error ??= gateFailure(journey);
    await audit.outcome(journey, journey.error?.code === 'CANCELLED' ? 'cancelled' : 'failed');
  };
}

/** GATE_FAILED with the first finding of the first gate that refused, if one did. */
export function gateFailure({ gates }: Journey): ArbiterError | undefined {
  const refused = gates.find(({ verdict }) => verdict === 'fail');
  if (!refused) return undefined;
  const first = refused.findings[0];
  return fault('GATE_FAILED', {
    gate: refused.id,
    detail: first ? `${first.path}: ${first.message}` : 'it gave no reason',
  });
}
