// Tells which files of a folder have changed. Notices of the system only make it look sooner: they get lost, so it looks every
// now and then in any case, and what it goes by is what it saw.
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';

export interface FolderWatch {
  /** Resolves with the files that changed since they were last seen, once they have rested; with null after `stop`. */
  next(): Promise<readonly string[] | null>;
  /** What these files are now is seen: for whoever wrote them himself. */
  accept(files: readonly string[]): void;
  stop(): void;
}

/** Path below the folder → what tells one state from another. */
type Seen = Map<string, string>;

const restMs = 60;
const lookMs = 1_000;

export function watchFolder(folder: string): FolderWatch {
  let seen = look(folder);
  let stopped = false;
  let wake: () => void = () => {};
  const watcher = noticesOf(folder, () => wake());

  async function settled(): Promise<Seen> {
    for (let now = look(folder); ; ) {
      await rest(restMs);
      const later = look(folder);
      if (differing(now, later).length === 0) return later;
      now = later;
    }
  }

  return {
    async next() {
      while (!stopped) {
        if (differing(seen, look(folder)).length > 0) {
          const now = await settled();
          const changed = differing(seen, now);
          seen = now;
          // What was written is, by then, again what it was.
          if (changed.length > 0) return changed;
        }
        await woken();
      }
      return null;
    },
    accept(files) {
      const now = look(folder);
      for (const file of files) {
        const state = now.get(file);
        if (state === undefined) seen.delete(file);
        else seen.set(file, state);
      }
    },
    stop() {
      stopped = true;
      watcher?.close();
      wake();
    },
  };

  function woken(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, stopped ? 0 : lookMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** None where the system has no more to give: looking every now and then is enough. */
function noticesOf(folder: string, onNotice: () => void): FSWatcher | null {
  try {
    return watch(folder, { recursive: true }, onNotice).on('error', () => {});
  } catch {
    return null;
  }
}

function look(folder: string): Seen {
  const seen: Seen = new Map();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const file = relative(folder, path);
    if (!entry.isFile() || file.split(sep).some(isNoSource)) continue;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat) seen.set(file, `${stat.mtimeMs} ${stat.size} ${stat.ino}`);
  }
  return seen;
}

/** What tools and editors leave beside the sources. */
function isNoSource(name: string): boolean {
  return name === 'node_modules' || name === '__pycache__' || name.startsWith('.') || name.endsWith('~');
}

function differing(before: Seen, after: Seen): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
