// One claimed file from its first line to its last result. Only a window of its lines is in memory at a time.
import { renameSync } from 'node:fs';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { digestOf, digestOfValue } from '../../ledger/digest.ts';
import type { LedgerReader } from '../../ledger/reader.ts';
import { type Audit, ownKey, settledOf } from '../audit/audit.ts';
import { entryOf, type PastOutcome } from '../audit/past-outcome.ts';
import { crashPoint } from '../crash-point.ts';
import type { Home } from '../home.ts';
import type { Settled, Source, TaskLine } from '../journey/journey.ts';
import { checkTask } from '../validator/task.ts';
import { type Claim, pathsOf } from './claim.ts';
import { type LineStream, openLineStream, type RawLine } from './line-stream.ts';
import { readLine } from './read-line.ts';
import { appendLateResult, isFailure, openResults } from './results.ts';
import type { Schedule } from './schedule.ts';
import type { Parked, WaitingRoom } from './waiting.ts';
import type { Share, Window } from './window.ts';

export interface FileRunParts {
  readonly home: Home;
  readonly audit: Audit;
  readonly ledger: LedgerReader;
  readonly pastOutcome: PastOutcome;
  readonly waiting: WaitingRoom;
  readonly schedule: Schedule;
  readonly restMs: number;
  readonly lineBytes: number;
  /** Most lines of one file under way. */
  readonly window: Window;
  readonly signal: AbortSignal;
  /** A line that is no task has been rejected. */
  readonly onRejected: (line: number, settled: Settled) => void;
}

export interface FileRun {
  readonly claim: Claim;
  /** A line of this file has ended. Gives a promise where its result waits until the file's own are in place. */
  settled(line: TaskLine, settled: Settled): Promise<void> | undefined;
  parked(parked: Parked): void;
  /** A line that met a bug of the kernel: the file cannot be finished before a restart. */
  released(line: TaskLine): void;
  /** Resolves when the file is finished, or when everything stopped before that. */
  readonly ended: Promise<'finished' | 'left'>;
}

/** Where a line stands in its file. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

export function runFile(claim: Claim, parts: FileRunParts): FileRun {
  const { home, audit, ledger, waiting, schedule } = parts;
  const paths = pathsOf(home, claim);
  const results = openResults(home, claim, (error) => {
    broken ??= error;
    changed();
  });
  /** Where the lines under way stand in the file. */
  const open = new Map<number, Stretch>();
  const share: Share = { lines: 0, bytes: 0 };
  const failures: Stretch[] = [];
  let changed: () => void = () => undefined;
  let path = paths.processing;
  let lines = 0;
  /** The number of the last line that was read. */
  let lastRead = 0;
  /** Lines whose outcome was found in the ledger before whoever runs them told it. */
  const foundSettled = new Set<number>();
  let released = false;
  /** The ledger could not keep a line, or the results could not be written. */
  let broken: unknown;
  let crlfSeen = false;

  const sourceOf = (raw: RawLine): Source => ({
    claim: claim.id,
    file: claim.file,
    line: raw.number,
    claimedAt: claim.claimedAt,
  });

  function close(number: number, failed: boolean): void {
    const stretch = open.get(number);
    if (!stretch) return;
    if (failed) failures.push(stretch);
    open.delete(number);
    parts.window.leave(share, stretch.end - stretch.start);
    changed();
  }

  async function take(raw: RawLine): Promise<void> {
    crashPoint('line-read');
    lines += 1;
    lastRead = raw.number;
    open.set(raw.number, { start: raw.start, end: raw.end });
    parts.window.enter(share, raw.end - raw.start);
    noticeLineEnds(raw);
    const source = sourceOf(raw);
    let id = ownKey(source);
    let tool: string | null = null;
    try {
      if (raw.bytes === null)
        throw fault('LINE_TOO_LONG', { line: raw.number, bytes: raw.end - raw.start, limit: parts.lineBytes });
      const value = readLine(raw.bytes, raw.number);
      if (typeof value.tool === 'string') tool = value.tool;
      if (typeof value.id === 'string') id = value.id;
      const task = checkTask(value);
      const { id: _, ...content } = task;
      const line: TaskLine = { source, task, id: task.id ?? ownKey(source), digest: digestOfTask(content) };
      const known = claim.recovered ? settledBefore(line) : undefined;
      if (known) {
        if (waiting.get(line.id)) foundSettled.add(raw.number);
        settled(line, known);
      } else if (waiting.from(claim.id, raw.number)) parked(waiting.from(claim.id, raw.number) as Parked);
      else schedule.submit(line);
    } catch (error) {
      if (!(error instanceof ArbiterError)) throw error;
      // Not waited for: faulty lines share the cost of becoming durable like others.
      reject(source, raw, id, tool, error).catch((bug) => {
        broken = bug;
        changed();
      });
    }
  }

  function noticeLineEnds(raw: RawLine): void {
    if (raw.byteOrderMark) results.notice(raw.number, fault('FILE_BYTE_ORDER_MARK', {}));
    if (raw.carriageReturn && !crlfSeen) results.notice(raw.number, fault('FILE_CRLF', { line: raw.number }));
    crlfSeen ||= raw.carriageReturn;
  }

  /** `id` is the one that the line gives itself, however wrong the rest of it is; the entry is under the line's own key. */
  async function reject(
    source: Source,
    raw: RawLine,
    id: string,
    tool: string | null,
    error: ArbiterError,
  ): Promise<void> {
    const before = claim.recovered ? ledger.outcomeOf(ownKey(source)) : undefined;
    const digest = digestOf(raw.bytes ?? `${raw.end - raw.start} bytes`);
    const outcome = before
      ? settledOf(before.body, before.seq, undefined, error)
      : await audit.line(source, digest, error);
    results.rejected(raw.number, id, tool, outcome);
    parts.onRejected(raw.number, outcome);
    close(raw.number, true);
  }

  /** After a restart: what the ledger says of this very line. */
  function settledBefore(line: TaskLine): Settled | undefined {
    const past = entryOf(ledger, line);
    return past && parts.pastOutcome(past);
  }

  function settled(line: TaskLine, outcome: Settled): Promise<void> | undefined {
    // Parked before a restart, and ended before the file came to it: what it got is found again when it is read.
    if (line.source.line > lastRead) return undefined;
    if (!open.has(line.source.line)) return afterTheRest(line, outcome);
    results.settled(line, outcome);
    close(line.source.line, isFailure(outcome));
    return undefined;
  }

  /** A line that was parked ends by itself, perhaps in the very moment in which the results are moved. */
  async function afterTheRest(line: TaskLine, outcome: Settled): Promise<void> {
    // A line of a file that is read again after a restart may end as it is reached.
    if (foundSettled.delete(line.source.line)) return waiting.forget(line);
    // What is left is read again at the next start, and this outcome with it, from the ledger.
    if ((await ended) !== 'finished') return;
    await appendLateResult(home, line, outcome);
    waiting.forget(line);
  }

  function parked(entry: Parked): void {
    results.parked(entry);
    close(entry.line.source.line, false);
  }

  const hasRoom = () => parts.window.hasRoomFor(share);
  const isIdle = () => open.size === 0;

  /** Waits until `reached` holds; lines that wait for others are parked when nothing else moves. */
  async function until(reached: () => boolean, stream: LineStream): Promise<void> {
    for (;;) {
      await copyFailures(stream);
      if (broken !== undefined) throw broken;
      if (reached() || parts.signal.aborted || released) return;
      const change = new Promise<void>((resolve) => {
        changed = resolve;
      });
      schedule.parkBlocked(claim.id);
      if (!reached()) await change;
    }
  }

  async function copyFailures(stream: LineStream): Promise<void> {
    // More may fail while one is copied.
    for (let next = failures.shift(); next; next = failures.shift())
      await results.failedLine(stream.stretch(next.start, next.end));
  }

  async function run(): Promise<'finished' | 'left'> {
    const options = {
      restMs: parts.restMs,
      lineBytes: parts.lineBytes,
      path: () => path,
      name: claim.file,
      signal: parts.signal,
    };
    const stream = await openLineStream(options);
    const stop = () => changed();
    parts.signal.addEventListener('abort', stop);
    try {
      do {
        await readAll(stream);
        await until(isIdle, stream);
        if (parts.signal.aborted || released) return 'left';
        if (lines === 0) results.notice(0, fault('FILE_EMPTY', {}));
        await results.finish();
        crashPoint('before-done');
        if (path !== paths.done) renameSync(path, paths.done);
        crashPoint('after-done');
        path = paths.done;
        // Somebody may have gone on writing until the very end.
      } while (await grownSince(stream));
      return 'finished';
    } finally {
      parts.signal.removeEventListener('abort', stop);
      results.abandon();
      await stream.close();
    }
  }

  /** A file that was replaced after its last line was read is finished all the same; what replaced it is kept in done/. */
  async function grownSince(stream: LineStream): Promise<boolean> {
    try {
      return await stream.grown();
    } catch (error) {
      if (!(error instanceof ArbiterError)) throw error;
      results.notice(0, error);
      await results.finish();
      return false;
    }
  }

  async function readAll(stream: LineStream): Promise<void> {
    try {
      for await (const chunk of stream.lines()) {
        for (const raw of chunk) {
          if (!hasRoom()) await until(hasRoom, stream);
          if (parts.signal.aborted) return;
          await take(raw);
        }
      }
    } catch (error) {
      if (!(error instanceof ArbiterError)) throw error;
      results.notice(0, error);
    }
  }

  const ended = run();
  return { claim, settled, parked, released: (line) => close(line.source.line, !(released = true)), ended };
}

/** The digest of a task without its id. Throws TASK_INVALID for numbers and strings that JSON cannot carry safely. */
function digestOfTask(content: object): string {
  try {
    return digestOfValue(content);
  } catch (error) {
    throw fault('TASK_INVALID', {
      detail: (error as Error).message,
      expectation: 'Whole numbers up to 2^53 and strings of valid Unicode',
      hint: 'Write large numbers as strings.',
    });
  }
}
