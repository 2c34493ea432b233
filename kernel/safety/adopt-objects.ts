// Takes objects that were written beside a copy into the repository: loose objects are files named by their content, so
// nothing has to be computed again, and so are packs. Each is synced before it gets its name there.
import { constants } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { place } from './loose-objects.ts';

/** Copies what is below `aside` and not yet below `objects`, the repository's own folder. */
export async function adoptObjects(aside: string, objects: string): Promise<void> {
  for (const prefix of (await readdir(aside)).filter((name) => /^[0-9a-f]{2}$/.test(name)))
    for (const rest of await readdir(join(aside, prefix)))
      await adopt(join(aside, prefix, rest), join(objects, prefix, rest));
  const packs = await readdir(join(aside, 'pack')).catch(() => []);
  // Git knows a pack by its index, which comes last.
  for (const ending of ['.pack', '.rev', '.idx'])
    for (const name of packs.filter((one) => one.endsWith(ending)))
      await adopt(join(aside, 'pack', name), join(objects, 'pack', name));
}

function adopt(from: string, to: string): Promise<void> {
  return place(to, true, (building) => copyFile(from, building, constants.COPYFILE_EXCL));
}
