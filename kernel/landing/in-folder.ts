// Files that come into place in a folder.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { FileEffect, FolderTarget } from '../../contracts/generated/ledger.v1.ts';
import { applyToFolder, conflicts, finishInFolder } from '../safety/apply-effects.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { inverseOf } from '../safety/inverse.ts';
import type { Part } from './land.ts';

export interface FolderLanding {
  readonly target: FolderTarget;
  readonly files: readonly FileEffect[];
  readonly store: EffectStore;
}

/** `keep` puts contents into the store once it is known that nothing has moved. */
export function inFolder({ target: { path }, files, store }: FolderLanding, keep: () => void): Part {
  return {
    async prepare() {
      const moved = conflicts(path, files);
      if (moved.length > 0) throw fault('WORKSPACE_MOVED', { conflicts: moved.join(', ') });
      keep();
      return {};
    },
    async apply() {
      applyToFolder(path, files, store);
      return {};
    },
    undo: async () => takeBack(path, files, store),
  };
}

/** After a crash: files may be as before or as after. */
export function finishedInFolder({ target: { path }, files, store }: FolderLanding): Pick<Part, 'apply' | 'undo'> {
  return {
    async apply() {
      finishInFolder(path, files, store);
      return {};
    },
    undo: async () => takeBack(path, files, store),
  };
}

function takeBack(folder: string, files: readonly FileEffect[], store: EffectStore): void {
  try {
    applyToFolder(folder, inverseOf(files), store);
  } catch (error) {
    if (!(error instanceof ArbiterError)) throw error;
    throw fault('EFFECT_HALF_APPLIED', { conflicts: files.map(({ path }) => path).join(', ') });
  }
}
