// Digests as they stand in entries: the algorithm's name before the hexadecimal bytes.
import { createHash } from 'node:crypto';
import { canonical } from './canonical.ts';

/** `sha256:<hex>` of bytes or of text as UTF-8. */
export function digestOf(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** `sha256:<hex>` of a value's canonical JSON. */
export function digestOfValue(value: unknown): string {
  return digestOf(canonical(value));
}
