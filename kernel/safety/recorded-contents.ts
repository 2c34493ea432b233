// The contents that recorded effects bring, from effects/. What is applied later is what was looked at, so every content
// is compared with its digest before anything is touched.
import { lstatSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { FileEffect } from '../../contracts/generated/ledger.v1.ts';
import { digestOf } from '../../ledger/digest.ts';
import type { EffectStore } from './effect-store.ts';

/** Throws EFFECTS_NOT_KEPT unless the content of every file is there as it was recorded. */
export function demandKept(files: readonly FileEffect[], store: EffectStore): void {
  for (const { path, after } of files) if (after) keptContent(path, after.digest, store);
}

/** Keeps what stands in `folder` where the effects start, so that they can be undone. */
export function keepBefore(folder: string, files: readonly FileEffect[], store: EffectStore): void {
  for (const { path, before } of files) {
    const at = join(folder, path);
    if (before && lstatSync(at, { throwIfNoEntry: false }))
      store.put(before.type === 'symlink' ? readlinkSync(at, 'buffer') : readFileSync(at));
  }
}

/** Writes the contents below `root`, as a private copy would hold them. */
export async function stageContents(
  files: readonly FileEffect[],
  store: EffectStore,
  root: string,
): Promise<{ folder: string; aside: string }> {
  const folder = join(root, 'workspace');
  const aside = join(root, 'aside');
  await mkdir(folder, { recursive: true });
  await mkdir(aside);
  for (const { path, after } of files) {
    if (!after) continue;
    const content = keptContent(path, after.digest, store);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    if (after.type === 'symlink') symlinkSync(content, join(folder, path));
    else await writeFile(join(folder, path), content, { flag: 'wx' });
  }
  return { folder, aside };
}

/** The pack of a plan's commits, as it was recorded. Throws EFFECTS_NOT_KEPT. */
export function demandPack(digest: string, store: EffectStore): Buffer {
  return keptContent('its commits', digest, store);
}

/** The content of `digest`; `path` names it in messages. Throws EFFECTS_NOT_KEPT unless it is there as it was recorded. */
export function keptContent(path: string, digest: string, store: EffectStore): Buffer {
  let content: Buffer;
  try {
    content = store.get(digest);
  } catch (error) {
    throw fault('EFFECTS_NOT_KEPT', { path, detail: `it cannot be read: ${(error as NodeJS.ErrnoException).code}` });
  }
  if (digestOf(content) !== digest) throw fault('EFFECTS_NOT_KEPT', { path, detail: 'it is not what was recorded' });
  return content;
}
