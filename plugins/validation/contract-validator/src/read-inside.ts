// Reads a file of the workspace, and nothing else: a link must not make the plugin read a secret into a finding.
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';

const mostBytes = 10 * 1024 * 1024;

export type Reading = { readonly text: string } | { readonly problem: string };

export function readInside(workspace: string, path: string): Reading {
  const root = realpathSync(workspace);
  if (isOutside(root, join(root, path)) || isAbsolute(path)) return { problem: 'It lies outside the workspace.' };
  try {
    const real = realpathSync(join(root, path));
    if (isOutside(root, real)) return { problem: 'It is a link that leaves the workspace.' };
    return readRegular(real);
  } catch (error) {
    return { problem: wording(error as NodeJS.ErrnoException) };
  }
}

function isOutside(root: string, absolute: string): boolean {
  return relative(root, absolute).split(sep)[0] === '..';
}

/** Opening without blocking, so that a named pipe cannot hold us up. */
function readRegular(real: string): Reading {
  const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return { problem: 'It is not a regular file.' };
    if (stats.size > mostBytes) return { problem: `It has ${stats.size} bytes; at most ${mostBytes} are read.` };
    // The decoder leaves out a byte order mark.
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) };
  } finally {
    closeSync(file);
  }
}

function wording({ code }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'It is not there.';
    case 'ELOOP':
      return 'It is a link that leads in a circle.';
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'It is not valid UTF-8.';
    default:
      return `It cannot be read: ${code}.`;
  }
}
