// A small file that is there whole or not at all, also after a power cut.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes `text` to `<path>.new`, syncs it and moves it into the place of what is at `path`. */
export function replaceDurably(path: string, text: string, mode = 0o644): void {
  writeNew(path, text, mode);
  moveNew(path);
}

/** The first half of `replaceDurably`. */
export function writeNew(path: string, text: string, mode: number): void {
  const file = openSync(`${path}.new`, 'w', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The second half. */
export function moveNew(path: string): void {
  renameSync(`${path}.new`, path);
  syncFolder(dirname(path));
}

/** Waits until renames in `folder` are on disk. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
