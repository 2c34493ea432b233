// Rollback: throws the private copy away. The workspace was never touched, or has been put back.
import { fault } from '../../contracts/errors.ts';
import type { Audit } from '../audit/audit.ts';
import type { Step } from './journey.ts';

export function newRollback(audit: Audit): Step {
  return async (journey) => {
    await journey.copy?.discard();
    const refused = journey.gates.find(({ verdict }) => verdict === 'fail');
    if (!journey.error && refused) {
      const first = refused.findings[0];
      const detail = first ? `${first.path}: ${first.message}` : 'it gave no reason';
      journey.error = fault('GATE_FAILED', { gate: refused.id, detail });
    }
    await audit.outcome(journey, journey.error?.code === 'CANCELLED' ? 'cancelled' : 'failed');
  };
}
