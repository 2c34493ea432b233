// Clean trees of commits, written out once and shared by all tasks that start from them, as what lies below their private
// copies. They last as long as the machine runs: what was written is not synced, so after a power cut it is not believed.
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { v7 as uuidv7 } from 'uuid';
import { digestOf } from '../../ledger/digest.ts';
import { childMark } from './orphans.ts';
import { layGit } from './private-git.ts';
import { removeTree } from './remove-tree.ts';
import { writeOut } from './write-out.ts';

export interface BaseTrees {
  /** The files of `commit` and a `.git` for them, read-only by agreement. `release` has to be called when they are no longer needed. */
  take(repository: string, commit: string): Promise<{ readonly folder: string; release(): void }>;
}

/** What is being made, or removed. */
const unfinished = 'unfinished-';
/** So many that are not in use are kept. */
const mostIdle = 8;

/** Keeps trees below `root`; they belong to `user` where that is not the kernel's own. */
export function newBaseTrees(root: string, user: number | null): BaseTrees {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const made = new Map<string, Promise<void>>();
  const inUse = new Map<string, number>();

  async function make(repository: string, commit: string, folder: string): Promise<void> {
    if (existsSync(folder)) return;
    const target = join(root, boot, `${unfinished}${uuidv7()}`);
    try {
      await mkdir(target, { recursive: true });
      await writeOut(repository, commit, target);
      await layGit(repository, commit, target, { borrow: 'by inlays' });
      if (user !== null) await execa('chown', ['-R', '-h', `${user}:${user}`, '--', target], { env: childMark() });
      await rename(target, folder);
    } catch (error) {
      await removeTree(target);
      throw error;
    }
    await forgetOld();
  }

  /** Those of an earlier boot, and the oldest of those that nobody uses. What cannot be looked at is somebody's already. */
  async function forgetOld(): Promise<void> {
    for (const name of await readdir(root)) if (name !== boot) await removeTree(join(root, name));
    const idle: { folder: string; usedAt: number }[] = [];
    for (const name of await readdir(join(root, boot))) {
      const folder = join(root, boot, name);
      const usedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
      if (!name.startsWith(unfinished) && !inUse.has(folder) && usedAt !== undefined) idle.push({ folder, usedAt });
    }
    idle.sort((one, other) => other.usedAt - one.usedAt);
    for (const { folder } of idle.slice(mostIdle)) await forget(folder);
  }

  /** Taken out of sight in one step, while nobody uses it; whoever wants it from then on makes it again. */
  async function forget(folder: string): Promise<void> {
    if (inUse.has(folder) || !existsSync(folder)) return;
    const gone = join(root, boot, `${unfinished}${uuidv7()}`);
    renameSync(folder, gone);
    made.delete(folder);
    await removeTree(gone);
  }

  return {
    async take(repository, commit) {
      const folder = join(root, boot, `${digestOf(Buffer.from(repository)).slice(7, 23)}-${commit}-git`);
      inUse.set(folder, (inUse.get(folder) ?? 0) + 1);
      const release = () => {
        const left = (inUse.get(folder) ?? 1) - 1;
        if (left > 0) inUse.set(folder, left);
        else inUse.delete(folder);
      };
      try {
        const making = made.get(folder) ?? make(repository, commit, folder);
        made.set(folder, making);
        await making;
        const now = new Date();
        await utimes(folder, now, now);
        return { folder, release };
      } catch (error) {
        made.delete(folder);
        release();
        throw error;
      }
    },
  };
}

/** Removes what a crash left half-built below `root`. */
export async function removeHalfBuilt(root: string): Promise<void> {
  for (const boot of await readdir(root))
    for (const name of await readdir(join(root, boot)))
      if (name.startsWith(unfinished)) await removeTree(join(root, boot, name));
}
