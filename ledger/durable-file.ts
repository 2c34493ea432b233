// A small file that is there whole or not at all, also after a power cut.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes `text` to `<path>.new`, syncs it and moves it into place. */
export function writeDurably(path: string, text: string, mode = 0o644): void {
  writeNew(path, text, mode);
  moveNew(path);
}

/** The first half of `writeDurably`. */
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
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
