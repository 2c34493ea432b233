// How much a plugin has added to its private copy. The machine's kernel limits one file, not ten, so the folder is
// measured again and again while its task runs, in the background and for a small part of the time.
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FolderGrowth {
  /** Measures once more, when nobody writes to it any more; gives the megabytes added where they are too many, else null. */
  last(): Promise<number | null>;
  /** Measures no more. */
  end(): void;
}

const smallestPauseMs = 250;
const largestPauseMs = 1_000;
const restRatio = 10;
/** What a file costs a file system at least, bytes, whatever it holds. */
const leastBytes = 4096;
const bytesPerBlock = 512;
const megabyte = 1024 * 1024;

/**
 * Measures `folder`, which nobody may write to yet, and from then on says to `onBreach` when more than `limitMb` have
 * been added, with how many.
 */
export async function watchGrowth(
  folder: string,
  limitMb: number,
  onBreach: (addedMb: number) => void,
): Promise<FolderGrowth> {
  const before = await sizeOf(folder);
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  schedule(smallestPauseMs);

  function schedule(pauseMs: number): void {
    if (!ended) timer = setTimeout(measure, pauseMs).unref();
  }

  async function measure(): Promise<void> {
    const start = performance.now();
    const over = await tooMuch();
    if (ended) return;
    if (over !== null) onBreach(over);
    else schedule(Math.min(largestPauseMs, Math.max(smallestPauseMs, (performance.now() - start) * restRatio)));
  }

  async function tooMuch(): Promise<number | null> {
    const added = (await sizeOf(folder, before + limitMb * megabyte)) - before;
    return added > limitMb * megabyte ? Math.ceil(added / megabyte) : null;
  }

  function end(): void {
    ended = true;
    clearTimeout(timer);
  }

  return {
    async last() {
      end();
      return tooMuch();
    },
    end,
  };
}

/** Bytes that the folder takes, counted until they are more than `enough`. */
async function sizeOf(folder: string, enough = Number.POSITIVE_INFINITY): Promise<number> {
  let bytes = 0;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined && bytes <= enough; next = folders.pop()) {
    try {
      for await (const entry of await opendir(next)) {
        const path = join(next, entry.name);
        if (entry.isDirectory()) folders.push(path);
        bytes += Math.max(leastBytes, await blocksOf(path));
        if (bytes > enough) break;
      }
    } catch {
      // It was removed, or closed, while being measured: what can be seen counts.
    }
  }
  return bytes;
}

async function blocksOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).blocks * bytesPerBlock;
  } catch {
    return 0;
  }
}
