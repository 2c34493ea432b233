// A plugin whose files changed after it was loaded is refused at dispatch: the kernel would otherwise run one thing
// while people look at another.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import { digestOf } from '../../ledger/digest.ts';
import type { LoadedPlugin } from './plugin.ts';
import { readRegularFile } from './read-regular-file.ts';

const lookAgainMs = 100;

/** Gives a check that throws PLUGIN_TAMPERED. Files are read again only when their times or sizes have changed. */
export function newIntactCheck(): (plugin: LoadedPlugin) => void {
  const looked = new Map<string, { at: number; stamp: string }>();
  return (plugin) => {
    const last = looked.get(plugin.digest);
    const now = Date.now();
    if (last && now - last.at < lookAgainMs) return;
    const stamp = Object.keys(plugin.files)
      .map((file) => stampOf(join(plugin.folder, file)))
      .join();
    if (last?.stamp !== stamp) demandDigests(plugin);
    looked.set(plugin.digest, { at: now, stamp });
  };
}

function demandDigests(plugin: LoadedPlugin): void {
  for (const [file, expectedDigest] of Object.entries(plugin.files)) {
    if (digestIfThere(plugin.folder, file) !== expectedDigest)
      throw fault('PLUGIN_TAMPERED', { plugin: plugin.spec.id, file, expectedDigest });
  }
}

function digestIfThere(folder: string, file: string): string | null {
  try {
    return digestOf(readRegularFile(folder, file));
  } catch {
    return null;
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.ino}` : 'gone';
}
