// Removes what a plugin worked in, whatever modes it left there.
import { rm } from 'node:fs/promises';
import { execa } from 'execa';

/** Removes the folder. Gives false when something of it stays; that is no reason to fail a task that has its outcome. */
export async function removeTree(folder: string): Promise<boolean> {
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
    return true;
  } catch {
    await execa('chmod', ['-R', 'u+rwX', '--', folder], { reject: false });
    return remove().then(
      () => true,
      () => false,
    );
  }
}
