// The hash chain: each leaf covers its entry and the leaf before it. `verify.ts` states the same rule in its own words,
// so that a mistake here cannot hide there.
import { hash } from 'node:crypto';

export interface Leaf {
  readonly seq: number;
  readonly id: string;
  readonly taskKey: string;
  readonly kind: string;
  readonly bodyHash: Buffer;
  readonly envHash: Buffer;
  readonly previous: Buffer;
}

/** What stands before the first leaf. */
export const noLeaf: Buffer = Buffer.alloc(32);

/** SHA-256 of `text`, as 32 bytes. */
export function sha256(text: string | Buffer): Buffer {
  return hash('sha256', text, 'buffer');
}

/** The leaf's lines: what is logged, and what its hash is taken over. */
export function leafText(leaf: Leaf): string {
  return (
    `ledger-entry/v1\n${leaf.seq}\n${leaf.id}\n${leaf.taskKey}\n${leaf.kind}\n` +
    `${leaf.bodyHash.toString('hex')}\n${leaf.envHash.toString('hex')}\n${leaf.previous.toString('hex')}\n`
  );
}

/** The leaf's hash: SHA-256 over 0x00 and the leaf's lines, as RFC 6962 asks of a Merkle leaf. */
export function leafHash(leaf: Leaf): Buffer {
  return sha256(`\0${leafText(leaf)}`);
}
