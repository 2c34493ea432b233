// The store keeps what runs under its digest. Boxes see the store, never the folder that people edit.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Copies `files` of `folder` into `target`, if they are not there yet; gives `target`. */
export function storePlugin(folder: string, files: readonly string[], target: string): string {
  if (existsSync(target)) return target;
  const building = `${target}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  for (const file of files) {
    const copy = join(building, file);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(folder, file), copy);
  }
  // Readable and executable for the user that boxes run as, whatever the umask.
  for (const entry of readdirSync(building, { withFileTypes: true, recursive: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o555);
  chmodSync(building, 0o755);
  renameSync(building, target);
  return target;
}
