// How many lines are in memory, over all files. A share is always left to each file, so that a long one does not keep
// the others waiting.

export interface Share {
  lines: number;
  /** Of the lines as they came. */
  bytes: number;
}

export interface Window {
  enter(share: Share, bytes: number): void;
  leave(share: Share, bytes: number): void;
  hasRoomFor(share: Share): boolean;
}

const mostBytes = 16 * 1024 * 1024;
const leastShare: Share = { lines: 16, bytes: 64 * 1024 };

/** A window of at most `lines` lines and 16 MB, apart from each file's least share. */
export function newWindow(lines: number): Window {
  const all: Share = { lines: 0, bytes: 0 };
  const add = (share: Share, count: number, bytes: number) => {
    for (const each of [share, all]) {
      each.lines += count;
      each.bytes += bytes;
    }
  };
  return {
    enter: (share, bytes) => add(share, 1, bytes),
    leave: (share, bytes) => add(share, -1, -bytes),
    hasRoomFor(share) {
      if (all.lines < lines && all.bytes < mostBytes) return true;
      return share.lines === 0 || (share.lines < Math.min(leastShare.lines, lines) && share.bytes < leastShare.bytes);
    },
  };
}
