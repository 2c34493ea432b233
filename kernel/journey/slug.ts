// A task id as part of a file's or a branch's name.
import { createHash } from 'node:crypto';

/** Letters, digits, dashes and underscores stay; ids that differ give slugs that differ. */
export function slugOf(id: string): string {
  const plain = id.replace(/[^A-Za-z0-9_-]/g, '-');
  // An id that looks like another one's slug gets a digest as well.
  const looksMade = /-[0-9a-f]{8}$/.test(id);
  return plain === id && !looksMade ? id : `${plain}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}
