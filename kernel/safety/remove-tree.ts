// Removes what a plugin worked in, whatever modes it left there.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { execa } from 'execa';

/** Removes the folder. Gives false when something of it stays; that is no reason to fail a task that has its outcome. */
export async function removeTree(folder: string): Promise<boolean> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    return true;
  } catch {
    // Paths longer than a path may be are no hindrance to programs that go down name by name.
    await execa('chmod', ['-R', 'u+rwX', '--', folder], { reject: false });
    await execa('rm', ['-rf', '--', folder], { reject: false });
    return !existsSync(folder);
  }
}
