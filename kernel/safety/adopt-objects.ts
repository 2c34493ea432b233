// Takes objects that were written beside a copy into the repository: loose objects are files named by their content, so
// nothing has to be computed again, and so are packs. Each is synced before it gets its name there.
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';

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

async function adopt(from: string, to: string): Promise<void> {
  if (await stands(to)) return;
  await mkdir(dirname(to), { recursive: true });
  // Git sweeps what begins like this and was left behind.
  const building = join(dirname(to), `tmp_obj_${uuidv7()}`);
  try {
    await copyFile(from, building, constants.COPYFILE_EXCL);
    const file = await open(building, 'r');
    await file.sync().finally(() => file.close());
    await rename(building, to);
  } catch (error) {
    await rm(building, { force: true });
    throw error;
  }
}

function stands(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
