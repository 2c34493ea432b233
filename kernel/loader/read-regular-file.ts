// Reads a file of a plugin's folder: nothing else than a file, however it is dressed up. A pipe would make the kernel wait
// for ever, a folder or a device end it.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../../contracts/errors.ts';

/** A plugin is a bundle or a script: far below this, bytes. */
const largest = 64 * 1024 * 1024;

/** The bytes of `file` below `folder`. Throws PLUGIN_FILE_MISSING, or PLUGIN_SPEC_INVALID for what is no file. */
export function readRegularFile(folder: string, file: string): Buffer {
  const refuse = (detail: string) =>
    fault('PLUGIN_SPEC_INVALID', {
      ...{ folder, file, detail, expectation: `A file of at most ${largest} bytes` },
      hint: 'Put a file there.',
    });
  let descriptor: number;
  try {
    descriptor = openSync(join(folder, file), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw fault('PLUGIN_FILE_MISSING', { folder, file });
    throw refuse(`it cannot be read (${code})`);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw refuse('it is not a file');
    if (stat.size > largest) throw refuse(`it has ${stat.size} bytes`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
