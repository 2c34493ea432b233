// What a running kernel tells whoever started it.
import type { ArbiterError } from '../contracts/errors.ts';
import type { Outcome } from '../contracts/generated/ledger.v1.ts';
import type { Settled, TaskLine } from './journey/journey.ts';
import type { Claim } from './queue/claim.ts';
import type { Parked } from './queue/waiting.ts';
import type { Recovery } from './safety/recover.ts';

export type KernelEvent =
  | {
      readonly kind: 'started';
      readonly isolation: string;
      readonly by: string;
      readonly recovery: Recovery;
      readonly refused: readonly ArbiterError[];
      /** About plugins that run, for whoever can change them. */
      readonly warnings: readonly ArbiterError[];
    }
  | { readonly kind: 'claimed'; readonly file: string; readonly recovered: boolean }
  | { readonly kind: 'settled'; readonly line: TaskLine; readonly settled: Settled }
  | { readonly kind: 'rejected'; readonly file: string; readonly line: number; readonly settled: Settled }
  | { readonly kind: 'parked'; readonly parked: Parked }
  | { readonly kind: 'released'; readonly line: TaskLine; readonly error: Error }
  /** Somebody put a STOP file into the home. */
  | { readonly kind: 'stop-file'; readonly file: string }
  | { readonly kind: 'finished'; readonly claim: Claim };

export interface Summary {
  readonly outcomes: Readonly<Record<Outcome | 'waiting', number>>;
  /** Tasks that met a bug of the kernel and stayed in processing/. */
  readonly released: number;
}
