// From the inbox to the schedule and back: claims files, runs them, and brings each outcome to where people look.
import { ArbiterError } from '../../contracts/errors.ts';
import type { Outcome } from '../../contracts/generated/ledger.v1.ts';
import type { LedgerReader } from '../../ledger/reader.ts';
import type { Audit } from '../audit/audit.ts';
import { entryOf, type PastOutcome } from '../audit/past-outcome.ts';
import type { KernelEvent, Summary } from '../events.ts';
import type { Home } from '../home.ts';
import type { Settled, TaskLine } from '../journey/journey.ts';
import { orNoRoom } from '../safety/no-room.ts';
import type { KernelSettings } from '../settings.ts';
import type { Claim } from './claim.ts';
import { KernelStops } from './dispatcher.ts';
import { type FileRun, runFile } from './file-run.ts';
import type { Inbox } from './inbox.ts';
import { appendLateResult, linesWithResult } from './results.ts';
import type { Schedule } from './schedule.ts';
import type { Parked, WaitingRoom } from './waiting.ts';
import { newWindow } from './window.ts';

export interface IntakeParts {
  readonly home: Home;
  readonly audit: Audit;
  readonly ledger: LedgerReader;
  readonly pastOutcome: PastOutcome;
  readonly waiting: WaitingRoom;
  readonly schedule: Schedule;
  readonly inbox: Inbox;
  readonly queue: KernelSettings['queue'];
  readonly once: boolean;
  readonly onEvent: (event: KernelEvent) => void;
}

export interface Intake {
  start(): void;
  settled(line: TaskLine, settled: Settled): void;
  parked(parked: Parked): void;
  /** What runs may have dropped tasks, and waits for them. */
  resting(): void;
  released(line: TaskLine, error: Error): void;
  /** Takes nothing more; ends when what runs has ended. */
  drain(): void;
  readonly ended: Promise<Summary>;
}

/** Files worked on at a time; the others stay in the inbox, where a more urgent one is a matter of their order. */
const mostFiles = 256;

export function newIntake(parts: IntakeParts): Intake {
  const { schedule, inbox, waiting, onEvent } = parts;
  const files = new Map<string, FileRun>();
  const window = newWindow(parts.queue.window);
  const late = new Set<Promise<void>>();
  const stopping = new AbortController();
  const outcomes: Record<Outcome | 'waiting', number> = {
    done: 0,
    planned: 0,
    failed: 0,
    quarantined: 0,
    rejected: 0,
    cancelled: 0,
    waiting: 0,
  };
  let released = 0;
  let draining = false;
  let finish: (summary: Summary) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const ended = new Promise<Summary>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });

  function pump(): void {
    try {
      if (!draining) for (const claim of inbox.claim(mostFiles - files.size)) begin(claim);
      endIfIdle();
    } catch (error) {
      breakOff(error as Error);
    }
  }

  /** Nothing can go on: what is claimed stays claimed, and runs after a restart. */
  function breakOff(error: Error): void {
    draining = true;
    inbox.close();
    schedule.drain();
    stopping.abort();
    fail(orNoRoom(error) as Error);
  }

  function begin(claim: Claim): void {
    onEvent({ kind: 'claimed', file: claim.file, recovered: claim.recovered });
    const { home, audit, ledger, pastOutcome, queue } = parts;
    const run = runFile(claim, {
      ...{ home, audit, ledger, pastOutcome, waiting, schedule },
      ...{ restMs: queue.restMs, lineBytes: queue.lineBytes, window, signal: stopping.signal },
      onRejected: (line, settled) => {
        outcomes.rejected += 1;
        onEvent({ kind: 'rejected', file: claim.file, line, settled });
      },
    });
    files.set(claim.id, run);
    run.ended.then((how) => {
      files.delete(claim.id);
      if (how === 'finished') onEvent({ kind: 'finished', claim });
      pump();
    }, breakOff);
  }

  /** After the last outcome of a moment: a task may have dropped others into the inbox before it ended. */
  function whenQuiet(): void {
    if (schedule.quiet) setImmediate(pump);
  }

  /** With `once`, everything that can run now has run; while draining, what ran has ended. */
  function endIfIdle(): void {
    if (!schedule.quiet) return;
    if (draining) stopping.abort();
    if (files.size > 0 || late.size > 0) return;
    if (draining || (parts.once && schedule.ready + schedule.owed === 0)) end();
  }

  function end(): void {
    inbox.close();
    finish({ outcomes, released });
  }

  return {
    ended,
    start() {
      waiting.sweep();
      for (const claim of inbox.recover()) begin(claim);
      takeUpParked();
      if (!parts.once) inbox.watch(pump);
      pump();
    },
    settled(line, settled) {
      outcomes[settled.outcome] += 1;
      const file = files.get(line.source.claim);
      const written = file ? file.settled(line, settled) : appendLate(line, settled);
      if (written) awaitLate(written);
      // The claimed file still holds it.
      else waiting.forget(line);
      onEvent({ kind: 'settled', line, settled });
      whenQuiet();
    },
    parked(parked) {
      outcomes.waiting += 1;
      files.get(parked.line.source.claim)?.parked(parked);
      onEvent({ kind: 'parked', parked });
      whenQuiet();
    },
    resting: whenQuiet,
    released(line, error) {
      if (!(error instanceof KernelStops)) released += 1;
      files.get(line.source.claim)?.released(line);
      onEvent({ kind: 'released', line, error });
      // Where nothing can be kept, each further task would only run in vain.
      if (error instanceof ArbiterError && ['LEDGER_UNUSABLE', 'DISK_FULL'].includes(error.code))
        return breakOff(error);
      whenQuiet();
    },
    drain() {
      draining = true;
      inbox.close();
      schedule.drain();
      endIfIdle();
    },
  };

  function takeUpParked(): void {
    const written = new Map<string, Set<number>>();
    for (const parked of [...waiting.all()]) {
      const { claim, file } = parked.line.source;
      // A file that is read again is given its results anew.
      if (!files.has(claim) && !written.has(claim))
        written.set(claim, linesWithResult(parts.home, { id: claim, file }));
      takeUp(parked, written.get(claim));
    }
  }

  /** A task that was settled before a crash only lacks its line in the results, or not even that. */
  function takeUp(parked: Parked, written: ReadonlySet<number> | undefined): void {
    const { line } = parked;
    const complete = written?.has(line.source.line) ?? false;
    const past = complete ? undefined : entryOf(parts.ledger, line);
    if (!complete && !past) return schedule.resume(parked);
    waiting.leave(line);
    if (past && written) awaitLate(appendLate(line, parts.pastOutcome(past)));
    else waiting.forget(line);
  }

  async function appendLate(line: TaskLine, settled: Settled): Promise<void> {
    await appendLateResult(parts.home, line, settled);
    waiting.forget(line);
  }

  function awaitLate(writing: Promise<void>): void {
    const written = writing.then(() => {
      late.delete(written);
      endIfIdle();
    }, breakOff);
    late.add(written);
  }
}
