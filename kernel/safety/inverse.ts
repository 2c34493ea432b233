// The inverse of effects: what has to happen to a folder so that it is as it was before them.
import type { FileEffect } from '../../contracts/generated/ledger.v1.ts';

const opposite = { created: 'deleted', deleted: 'created', changed: 'changed' } as const;

export function inverseOf(files: readonly FileEffect[]): FileEffect[] {
  return files.map(({ path, change, before, after }) => ({
    path,
    change: opposite[change],
    before: after,
    after: before,
  }));
}
