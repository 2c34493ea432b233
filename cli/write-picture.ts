// Writes a picture where the user wants it.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fault } from '../contracts/errors.ts';

/** The path that it was written to. Throws PICTURE_UNWRITABLE. */
export function writePicture(file: string, svg: string): string {
  const path = resolve(file);
  try {
    writeFileSync(path, svg);
  } catch (error) {
    throw fault('PICTURE_UNWRITABLE', { file: path, detail: (error as NodeJS.ErrnoException).code ?? 'it failed' });
  }
  return path;
}
