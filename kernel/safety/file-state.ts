// Reads what stands at a path. Also runs as a worker of tree-state.ts, which hands it many paths at once.
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import type { PresentFile } from '../../contracts/generated/ledger.v1.ts';

/**
 * State of the file or link at `path`, never following it; null when nothing is there, or a folder: folders have no state
 * of their own. Throws EFFECT_UNSAFE for other things.
 */
export function fileState(path: string): PresentFile | null {
  const stat = whatIsAt(path);
  if (!stat || stat.isDirectory()) return null;
  if (stat.isSymbolicLink()) return stateOf('symlink', 0o777, Buffer.from(readlinkSync(path, 'buffer')));
  if (!stat.isFile()) throw fault('EFFECT_UNSAFE', { path, detail: 'it is neither a file nor a link' });
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return stateOf('file', fstatSync(descriptor).mode & 0o777, readFileSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function whatIsAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // Nothing is below a file.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What a job answers for one path; errors do not travel between threads as what they are. */
export type Found = { readonly state: PresentFile | null } | { readonly unsafe: string };

export default function fileStates({ folder, paths }: { folder: string; paths: string[] }): Found[] {
  return paths.map((path) => {
    try {
      return { state: fileState(join(folder, path)) };
    } catch (error) {
      return { unsafe: error instanceof ArbiterError ? 'it is neither a file nor a link' : (error as Error).message };
    }
  });
}

function stateOf(type: PresentFile['type'], mode: number, content: Buffer): PresentFile {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return { type, mode: mode.toString(8).padStart(3, '0'), size: content.length, digest };
}
