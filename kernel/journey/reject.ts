// Reject: the task was never run.
import type { Audit } from '../audit/audit.ts';
import type { Step } from './journey.ts';

export function newReject(audit: Audit): Step {
  return (journey) => audit.outcome(journey, 'rejected');
}
