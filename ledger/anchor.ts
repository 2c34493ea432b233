// The ledger's latest checkpoint, noted outside the home: neither chain nor tree inside the file can notice by themselves
// that a tail was cut off.
import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { replaceDurably } from './durable-file.ts';

/** Where the checkpoint of the ledger `id` is noted: below $XDG_STATE_HOME, else below ~/.local/state. */
export function anchorPath(id: string): string {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(state, 'arbiter', 'anchors', id);
}

/** Notes a checkpoint. Gives false where the place cannot be written to: the ledger is then unanchored, not broken. */
export function writeNote(path: string, note: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    replaceDurably(path, note);
    return true;
  } catch {
    return false;
  }
}

/** What stands in a note, or null where there is none: an empty file anchors nothing. Throws where it cannot be read. */
export function readNote(path: string): string | null {
  try {
    return readFileSync(path, 'utf8') || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR')
      return null;
    throw error;
  }
}
