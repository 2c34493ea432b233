// What a campaign found wrong.

export interface Findings {
  /** Tasks without outcome, results line or effect, and effects that are not whole. */
  readonly lost: Set<string>;
  /** Tasks with two outcomes, two results lines, an effect twice, or an effect that they must not have. */
  readonly duplicated: Set<string>;
  /** Files, locks and processes that nobody needs any more. */
  readonly leftovers: Set<string>;
  /** Why the ledger does not verify, and kernels that ended by themselves. */
  readonly unverified: Set<string>;
}

export function newFindings(): Findings {
  return { lost: new Set(), duplicated: new Set(), leftovers: new Set(), unverified: new Set() };
}
