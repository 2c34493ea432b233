// Which folders tasks may work on: below the granted roots, never the home, links resolved first.
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';

export interface Workspace {
  /** Absolute, without links. */
  readonly path: string;
  /** Branch to work on, if the task names one. */
  readonly ref: string | null;
  /** Where the home lies below it, if it does: that part is neither shown nor changed. */
  readonly hidden: string | null;
  /** Folders of the checkout that its private copies see as they are there, by their paths below it. */
  readonly carry?: readonly string[];
}

/** A granted root. */
export interface Root {
  /** Absolute. */
  readonly path: string;
  readonly carry: readonly string[];
}

export interface Grants {
  /** Resolves a task's workspace. Throws the WORKSPACE_… fault that applies. */
  resolve(wanted: NonNullable<Task['workspace']>): Workspace;
  readonly roots: readonly string[];
}

/** `granted` roots need not exist yet. Where one lies in another, what is said of it counts. */
export function newGrants(granted: readonly (string | Root)[], home: string): Grants {
  const all = granted.map((root) => (typeof root === 'string' ? { path: root, carry: [] } : root));
  const roots = all.map(({ path }) => path);
  return {
    roots,
    resolve(wanted) {
      const { path, ref } = typeof wanted === 'string' ? { path: wanted, ref: undefined } : wanted;
      if (!isAbsolute(path)) throw fault('WORKSPACE_NOT_ABSOLUTE', { path });
      const real = realFolder(path);
      if (real === null) throw fault('WORKSPACE_MISSING', { path });
      const realHome = realFolder(home) ?? home;
      if (within(real, realHome)) throw fault('WORKSPACE_IS_HOME', { path });
      const holding = all.flatMap((root) => {
        const path = realFolder(root.path);
        return path !== null && within(real, path) ? [{ ...root, path }] : [];
      });
      if (holding.length === 0) throw fault('WORKSPACE_NOT_GRANTED', { path, roots: roots.join(', ') || '(none)' });
      const { carry } = holding.reduce((one, other) => (other.path.length > one.path.length ? other : one));
      return {
        ...{ path: real, ref: ref ?? null, hidden: within(realHome, real) ? relative(real, realHome) : null },
        ...(carry.length > 0 && { carry }),
      };
    },
  };
}

function realFolder(path: string): string | null {
  try {
    // The native one: Node's own takes `..` after a link by the text.
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : null;
  } catch {
    return null;
  }
}

function within(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}
