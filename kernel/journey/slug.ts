// A task id as part of a file's or a branch's name.
import { createHash } from 'node:crypto';

/** Letters, digits, dots, dashes and underscores stay; ids that differ give slugs that differ. */
export function slugOf(id: string): string {
  const plain = id.replace(/[^A-Za-z0-9_-]/g, '-');
  return plain === id ? id : `${plain}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}
