// Contents before and after effects, for people who look at them: from effects/, and for a repository from git as well.
import type { EffectSet, FileEffect, PresentFile } from '../../contracts/generated/ledger.v1.ts';
import { digestOf } from '../../ledger/digest.ts';
import type { EffectStore } from './effect-store.ts';
import { gitBytes } from './git.ts';

/** The content of one side of a file; null when it is not kept any more. */
export type Contents = (file: FileEffect, side: 'before' | 'after') => Promise<Buffer | null>;

/** `inverse`: the files are the inverse of what the target's tree brought. */
export function contentsOf({ target }: EffectSet, inverse: boolean, store: EffectStore): Contents {
  return async (file, side) => {
    const state = file[side];
    if (!state) return null;
    const fromStore = whole(state, () => store.get(state.digest));
    if (fromStore || target.kind === 'folder') return fromStore;
    const commit = (side === 'before') === inverse ? target.tree : target.base;
    const blob = await gitBytes(target.path, ['cat-file', 'blob', `${commit}:${file.path}`], '').catch(() => null);
    return blob && whole(state, () => blob);
  };
}

/** The content, if it is the one that was recorded. */
function whole({ digest }: PresentFile, read: () => Buffer): Buffer | null {
  try {
    const content = read();
    return digestOf(content) === digest ? content : null;
  } catch {
    return null;
  }
}
