// Decides which file a path means, and refuses every path that means none of the workspace.
import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { ToolFailure } from '../../../../pdk/define-plugin.ts';

export interface Located {
  /** Relative to the workspace, without `.` and doubled slashes. */
  readonly path: string;
  readonly absolute: string;
  /** True when there is a file already. */
  readonly exists: boolean;
}

/** Finds `path` in the workspace. What it names is a regular file or nothing yet. */
export function locate(workspace: string, path: string): Located {
  if (isAbsolute(path)) throw new ToolFailure(`${path} is an absolute path. Name it relative to the workspace.`);
  const clean = normalize(path);
  refuseOutside(path, clean);
  if (clean === '.' || clean.endsWith(sep)) throw new ToolFailure(`${path} names a folder, not a file.`);

  const absolute = join(workspace, clean);
  refuseOutside(path, relative(realpathSync(workspace), realParent(path, absolute)));
  return { path: clean, absolute, exists: isFile(path, absolute) };
}

/** A link on the way may lead out of the workspace, or into its .git by another name. */
function realParent(path: string, absolute: string): string {
  let parent = dirname(absolute);
  while (lookAt(parent) === undefined) parent = dirname(parent);
  try {
    if (lookAt(realpathSync(parent))?.isDirectory()) return realpathSync(parent);
  } catch {
    throw new ToolFailure(`${path} leads through a broken link.`);
  }
  throw new ToolFailure(`${path} leads through something that is not a folder.`);
}

function refuseOutside(path: string, inWorkspace: string): void {
  const parts = inWorkspace.split(sep);
  if (parts[0] === '..') throw new ToolFailure(`${path} leaves the workspace.`);
  // Some file systems take .GIT for the same folder.
  if (parts.some((part) => part.toLowerCase() === '.git')) {
    throw new ToolFailure(`${path} lies in .git, which belongs to git alone.`);
  }
}

function isFile(path: string, absolute: string): boolean {
  const found = lookAt(absolute);
  if (found === undefined || found.isFile()) return found !== undefined;
  if (found.isDirectory()) throw new ToolFailure(`${path} is a folder.`);
  if (found.isSymbolicLink()) throw new ToolFailure(`${path} is a link. Name the file that it points to.`);
  throw new ToolFailure(`${path} is not a regular file.`);
}

/** Nothing is there as well when a part of the way is a file. */
function lookAt(absolute: string): Stats | undefined {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
