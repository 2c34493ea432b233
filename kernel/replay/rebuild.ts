// The ground that a recorded task stood on: the commit that it started from, or the folder as it was before its effects.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { EffectSet } from '../../contracts/generated/ledger.v1.ts';
import { applyToFolder, conflicts } from '../safety/apply-effects.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { tryGit } from '../safety/git.ts';
import { inverseOf } from '../safety/inverse.ts';
import { copyFolder } from '../safety/plain-copy.ts';
import type { PrivateCopies } from '../safety/private-copy.ts';
import { demandKept } from '../safety/recorded-contents.ts';

/**
 * Copies of what a task with `effects` stood on, made below `scratch`; of what is there now where it is not known that it
 * changed anything. Throws NOT_REPLAYABLE where that cannot be had any more.
 */
export function rebuiltCopies(
  copies: PrivateCopies,
  effects: EffectSet | undefined,
  store: EffectStore,
  scratch: string,
): PrivateCopies {
  return {
    async make(workspace) {
      const target = effects?.target;
      if (!target || effects.files.length === 0) return copies.make(workspace);
      if (target.kind === 'git') {
        const { path, ref, base } = target;
        if ((await tryGit(path, ['cat-file', '-e', `${base}^{commit}`])) === null)
          throw fault('NOT_REPLAYABLE', { detail: `the commit ${base} that it started from is gone from ${path}` });
        return copies.make(workspace, { kind: 'git', path, ref, base });
      }
      const folder = join(scratch, 'as-it-was');
      await mkdir(folder, { recursive: true });
      await copyFolder(workspace.path, folder, workspace.hidden);
      takeBack(folder, effects, store);
      const copy = await copies.make(workspace, { kind: 'folder', path: folder });
      return { ...copy, ground: { kind: 'folder', path: workspace.path } };
    },
  };
}

/** The effects may be in place, or have been taken back; anything else is not what the task left. */
function takeBack(folder: string, { files }: EffectSet, store: EffectStore): void {
  if (conflicts(folder, files).length === 0) return;
  const inverse = inverseOf(files);
  const moved = conflicts(folder, inverse);
  if (moved.length > 0)
    throw fault('NOT_REPLAYABLE', {
      detail: `what it changed has been changed since: ${moved.slice(0, 5).join(', ')}`,
    });
  demandKept(inverse, store);
  applyToFolder(folder, inverse, store);
}
