// The hash chain: each leaf covers its entry and the leaf before it. `verify.ts` states the same rule in its own words,
// so that a mistake here cannot hide there.
import { createHash } from 'node:crypto';

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
  return createHash('sha256').update(text).digest();
}

/** The leaf's hash: SHA-256 over 0x00 and the leaf's lines, as RFC 6962 asks of a Merkle leaf. */
export function leafHash(leaf: Leaf): Buffer {
  const lines = [
    'ledger-entry/v1',
    leaf.seq,
    leaf.id,
    leaf.taskKey,
    leaf.kind,
    leaf.bodyHash.toString('hex'),
    leaf.envHash.toString('hex'),
    leaf.previous.toString('hex'),
  ];
  return createHash('sha256')
    .update('\0')
    .update(`${lines.join('\n')}\n`)
    .digest();
}
