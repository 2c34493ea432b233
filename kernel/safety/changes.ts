// What was found changed in a private copy, however it was made.
import type { FileEffect } from '../../contracts/generated/ledger.v1.ts';

export interface Changes {
  /** In the order of their paths. */
  readonly files: readonly FileEffect[];
  /** Links that may lead somewhere else than they did. */
  readonly links: readonly string[];
  /** The target of the link at `path`; null where there is none. */
  linkAt(path: string): string | null;
}
