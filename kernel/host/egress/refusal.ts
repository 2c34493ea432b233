// A request that is not carried out: why, for the record, and in a sentence for whoever sent it.
import type { NetworkRequest } from '../../../contracts/generated/ledger.v1.ts';

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly verdict: NetworkRequest['verdict'];
  /** HTTP status of the answer. */
  readonly status: number;

  /** `message`: what happened, what was expected, what to try. Never a secret. */
  constructor(verdict: NetworkRequest['verdict'], status: number, message: string) {
    super(message);
    this.verdict = verdict;
    this.status = status;
  }
}

/** HTTP 400: the bytes are not a request that a proxy gets. */
export function notAProxyRequest(message: string): Refusal {
  return new Refusal('not a proxy request', 400, message);
}
