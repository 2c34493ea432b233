// A git that was killed leaves the lock of the branch that it was moving, and nobody could move the branch any more.
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { tryGit } from './git.ts';

/** A git that lives takes milliseconds. */
const patienceMs = 1_000;

/** Removes the locks of `branch` and of packed refs where nobody can hold them: no git works in `repository`. */
export async function removeStaleLocks(repository: string, branch: string): Promise<void> {
  for (const name of [`refs/heads/${branch}`, 'packed-refs']) {
    const path = await tryGit(repository, ['rev-parse', '--path-format=absolute', '--git-path', name]);
    if (path !== null) await removeStaleLock(`${path}.lock`, repository);
  }
}

async function removeStaleLock(lock: string, repository: string): Promise<void> {
  const found = identityOf(lock);
  if (found === null) return;
  for (const until = Date.now() + patienceMs; Date.now() < until; await delay(20))
    if (identityOf(lock) !== found) return;
  if (!gitWorksIn(repository) && identityOf(lock) === found) rmSync(lock, { force: true });
}

/** Tells a lock from the next one at the same place. */
function identityOf(lock: string): string | null {
  if (!existsSync(lock)) return null;
  const stat = lstatSync(lock, { throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.ctimeMs}` : null;
}

function gitWorksIn(repository: string): boolean {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .some((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('git') &&
          `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${repository}/`)
        );
      } catch {
        // It has ended, or is somebody else's.
        return false;
      }
    });
}
