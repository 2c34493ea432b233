// The lines of a claimed file, while somebody may still be writing to it. Reading goes on until size and times have
// rested; no line over the cap is ever held in memory.
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fault } from '../../contracts/errors.ts';

export interface RawLine {
  /** From 1. */
  readonly number: number;
  /** Where the line stands in the file: from `start` to before `end`, its line end left out. */
  readonly start: number;
  readonly end: number;
  /** Null when the line was longer than the cap. */
  readonly bytes: Buffer | null;
  readonly carriageReturn: boolean;
  /** Only the first line can have one. */
  readonly byteOrderMark: boolean;
}

export interface LineStream {
  /** Lines until the file has rested for `restMs`; may be asked again after that, for what was added meanwhile. */
  lines(): AsyncGenerator<RawLine[]>;
  /** Whether the file has grown since. Throws FILE_REPLACED when it is another, or shorter. */
  grown(): Promise<boolean>;
  /** Copies a stretch of the file, in pieces. */
  stretch(start: number, end: number): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

export interface LineStreamOptions {
  readonly restMs: number;
  readonly lineBytes: number;
  /** Where the file is by now; it is renamed when it is finished. */
  readonly path: () => string;
  /** The file's name, for messages. */
  readonly name: string;
  readonly signal: AbortSignal;
}

const chunkBytes = 256 * 1024;
/** What a file is first read with; most are short. */
const firstChunkBytes = 8 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

export async function openLineStream(options: LineStreamOptions): Promise<LineStream> {
  const { restMs, lineBytes, path, name, signal } = options;
  const file: FileHandle = await open(path(), 'r');
  let chunk = Buffer.allocUnsafe(firstChunkBytes);
  let position = 0;
  let lineStart = 0;
  let number = 0;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  /** The last line was counted before its newline came; what comes up to that newline is the rest of it. */
  let unterminated = false;

  function keep(part: Buffer): void {
    keptBytes += part.length;
    if (keptBytes > lineBytes) kept = [];
    // The chunk is read into again: what has to outlive this round is copied.
    else kept.push(Buffer.from(part));
  }

  /** Ends the line that was kept; `next` is where the one after it starts. */
  function endLine(next: number, newlineBytes: number): RawLine | null {
    let bytes: Buffer | null =
      keptBytes > lineBytes ? null : kept.length === 1 ? (kept[0] as Buffer) : Buffer.concat(kept);
    const start = lineStart;
    lineStart = next;
    kept = [];
    keptBytes = 0;
    number += 1;
    let end = next - newlineBytes;
    const marked = start === 0 && (bytes?.subarray(0, 3).equals(byteOrderMark) ?? false);
    if (marked) bytes = bytes?.subarray(3) ?? null;
    const returned = bytes?.at(-1) === carriageReturn;
    if (returned) {
      bytes = bytes?.subarray(0, -1) ?? null;
      end -= 1;
    }
    const blank = bytes?.every((byte) => byte === 0x20 || byte === 0x09) ?? false;
    // Numbers have to be the same when the file is read again.
    if (blank && unterminated) number -= 1;
    unterminated = newlineBytes === 0;
    if (blank && !marked) return null;
    return { number, start, end, bytes, carriageReturn: returned, byteOrderMark: marked };
  }

  /** The lines that the next chunk completes; null at the end of the file. */
  async function readOn(): Promise<RawLine[] | null> {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return null;
    const read = chunk.subarray(0, bytesRead);
    const lines: RawLine[] = [];
    let start = 0;
    for (let end = read.indexOf(newline); end !== -1; end = read.indexOf(newline, start)) {
      keep(read.subarray(start, end));
      start = end + 1;
      const line = endLine(position + start, 1);
      if (line) lines.push(line);
    }
    if (start < bytesRead) keep(read.subarray(start));
    position += bytesRead;
    if (bytesRead === chunk.length && chunk.length < chunkBytes) chunk = Buffer.allocUnsafe(chunkBytes);
    return lines;
  }

  async function demandSame(): Promise<number> {
    const own = await file.stat();
    const there = await stat(path()).catch(() => null);
    if (own.size < position || there?.ino !== own.ino) throw fault('FILE_REPLACED', { name, line: number });
    return own.size;
  }

  return {
    async *lines() {
      let restedSince = Date.now();
      let seenMtimeMs = Number.NaN;
      while (!signal.aborted) {
        const lines = await readOn();
        if (lines !== null) {
          restedSince = Date.now();
          if (lines.length > 0) yield lines;
          continue;
        }
        await demandSame();
        const stat = await file.stat();
        // A time in the future counts as now, once.
        if (stat.mtimeMs !== seenMtimeMs) restedSince = Math.max(restedSince, Math.min(stat.mtimeMs, Date.now()));
        seenMtimeMs = stat.mtimeMs;
        const restLeft = restedSince + restMs - Date.now();
        if (restLeft <= 0) break;
        await delay(restLeft, undefined, { signal }).catch(() => undefined);
      }
      // A last line without a newline counts, now that nobody writes any more.
      if (!signal.aborted && keptBytes > 0) {
        const line = endLine(position, 0);
        if (line) yield [line];
      }
    },
    grown: async () => (await demandSame()) > position,
    async *stretch(start, end) {
      for (let at = start; at < end; ) {
        const piece = Buffer.allocUnsafe(Math.min(chunkBytes, end - at));
        const { bytesRead } = await file.read(piece, 0, piece.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    },
    close: () => file.close(),
  };
}
