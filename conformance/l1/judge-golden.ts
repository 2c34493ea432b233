// Whether an answer is the one that a golden fixture asks for.
import { isDeepStrictEqual } from 'node:util';
import type { LedgerContract } from '../../contracts/generated/ledger-contract.v1.ts';
import type { Answer } from '../run/bench.ts';
import type { Golden } from '../run/subject.ts';
import { withoutVolatile } from '../without-volatile.ts';

export type Judgement =
  | { readonly met: true }
  /** Another answer: what was wanted of its output, if an output was. */
  | { readonly met: false; readonly expected: string; readonly came: unknown; readonly wanted?: unknown };

export function judgeGolden(golden: Golden, came: Answer, contract: LedgerContract): Judgement {
  if (golden.error !== undefined) {
    const refused = 'message' in came && came.message.includes(golden.error);
    return refused ? { met: true } : { met: false, expected: `a refusal with "${golden.error}"`, came };
  }
  const wanted = withoutVolatile(golden.output, contract);
  if (!('output' in came) || !isDeepStrictEqual(withoutVolatile(came.output, contract), wanted))
    return { met: false, expected: JSON.stringify(golden.output), came, wanted: golden.output };
  if (came.misfit === null) return { met: true };
  return { met: false, expected: 'an output that fits its schema', came: came.misfit };
}
