// From a line to its outcome: holds a task back until its time and its dependencies allow, gives it to the dispatcher,
// and tells how it ended. What cannot go on soon is parked.
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { LedgerReader } from '../../ledger/reader.ts';
import type { Arrival } from '../../process/walk.ts';
import type { Journey, Settled, TaskLine } from '../journey/journey.ts';
import { soFar, startJourney } from '../journey/so-far.ts';
import { newDependencies } from './dependencies.ts';
import { type Dispatcher, newDispatcher } from './dispatcher.ts';
import type { Parked, WaitingRoom } from './waiting.ts';

export interface ScheduleParts {
  readonly ledger: LedgerReader;
  readonly waiting: WaitingRoom;
  readonly concurrency: number;
  /** The lane of a task, and how many tasks of a lane may run at a time. */
  laneOf(line: TaskLine): string;
  capacityOf(lane: string): number;
  run(journey: Journey): Promise<Arrival>;
  /** Records the outcome of a task that never ran. */
  refuse(journey: Journey, outcome: 'rejected' | 'cancelled'): Promise<void>;
  onSettled(line: TaskLine, settled: Settled): void;
  onParked(parked: Parked): void;
  /** A workflow waits for its next steps, as it did for those before. */
  onResting(): void;
  /** A task that met a bug of the kernel: it stays where it is, and runs again after a restart. */
  onReleased(line: TaskLine, error: Error): void;
}

export type Cancelled = 'cancelled' | 'cancelling' | 'not found';

export interface Schedule {
  submit(line: TaskLine): void;
  /** Writes down what a file's lines still wait for, so that the file can be finished. */
  parkBlocked(claim: string): void;
  /** Takes up what was parked before a restart. */
  resume(parked: Parked): void;
  /** A parked task may go on, with what is parked now. */
  goOn(parked: Parked): void;
  /** A parked task has an outcome: tells whoever waits for it. */
  settle(line: TaskLine, settled: Settled): void;
  /** Waits in a backoff, without a place; what it waits for is written down. */
  rest(journey: Journey, delayMs: number): Promise<void>;
  cancel(id: string): Promise<Cancelled>;
  /** Starts nothing more. */
  drain(): void;
  readonly running: readonly Journey[];
  readonly ready: number;
  /** How many wait for an attempt that an earlier kernel owes them. */
  readonly owed: number;
  /** Whether nothing runs. */
  readonly quiet: boolean;
}

const longestTimer = 2 ** 31 - 1;
const defaultPriority = 5;
/** For a longer rest than this a file does not wait to be finished. */
const longRestMs = 5_000;

export function newSchedule(parts: ScheduleParts): Schedule {
  const { ledger, waiting } = parts;
  const dependencies = newDependencies();
  /** Lines that wait for other tasks, and for which of them. */
  const blocked = new Map<string, { line: TaskLine; missing: Set<string> }>();
  const running = new Map<string, Journey>();
  const ready = new Set<string>();
  /** The first line with an id that a submitter gave, until it is settled; and the lines that came after it. */
  const firsts = new Map<string, { line: TaskLine; followers: TaskLine[] }>();
  /** Parked lines whose next attempt has not begun since the kernel was started. */
  const owed = new Set<string>();
  /** Running tasks in a rest so long that their files were told not to wait for them. */
  const restingLong = new Set<string>();
  /** Workflows one of whose steps ended while they were looked at. */
  const lookAgain = new Set<string>();
  let draining = false;
  const dispatcher: Dispatcher<TaskLine> = newDispatcher<TaskLine>({
    concurrency: parts.concurrency,
    capacityOf: parts.capacityOf,
    run,
  });

  function submit(line: TaskLine): void {
    if (line.task.id !== undefined && !isFirst(line)) return;
    const { notBefore } = line.task;
    if (notBefore !== undefined && Date.parse(notBefore) > Date.now()) {
      const parked: Parked = { line, waitsFor: { kind: 'time', at: notBefore } };
      park(parked);
      wakeAt(parked, notBefore);
    } else awaitDependencies(line);
  }

  /** Whether no other line with this id is under way; a second one waits for the first one's result, or is refused. */
  function isFirst(line: TaskLine): boolean {
    const first = firsts.get(line.id);
    if (!first) {
      firsts.set(line.id, { line, followers: [] });
      return true;
    }
    if (first.line.digest === line.digest) first.followers.push(line);
    else void refuseStranger(line);
    return false;
  }

  /** Other content under an id that is taken: nothing of the task that the id belongs to may change. */
  async function refuseStranger(line: TaskLine): Promise<void> {
    const journey = startJourney(line);
    journey.error = fault('ID_REUSED', { id: line.id, entry: 'not written yet' });
    try {
      await parts.refuse(journey, 'rejected');
      parts.onSettled(line, journey.settled as Settled);
    } catch (bug) {
      parts.onReleased(line, bug as Error);
    }
  }

  function wakeAt(parked: Parked, moment: string): void {
    const left = Date.parse(moment) - Date.now();
    if (left > longestTimer) setTimeout(wakeAt, longestTimer, parked, moment).unref();
    else
      setTimeout(() => {
        if (!draining && waiting.get(parked.line.id) === parked) goOn(parked);
      }, left).unref();
  }

  function goOn({ line, waitsFor }: Parked): void {
    if (waitsFor.kind === 'attempt') enqueue(line);
    else awaitDependencies(line);
  }

  function awaitDependencies(line: TaskLine): void {
    const on = line.task.dependsOn ?? [];
    if (on.length === 0) return enqueue(line);
    const circle = dependencies.add(line.id, on);
    if (circle) return refuseCircle(line, circle);
    const missing = new Set<string>();
    for (const id of on) {
      // What is under way counts, not how it ended an earlier time.
      const outcome = firsts.has(id) ? undefined : ledger.outcomeOf(id)?.body.outcome;
      if (outcome === undefined) missing.add(id);
      else if (!satisfies(outcome, line)) return refuseDependent(line, id, outcome);
    }
    if (missing.size === 0) return enqueue(line);
    blocked.set(line.id, { line, missing });
  }

  function enqueue(line: TaskLine): void {
    dependencies.remove(line.id);
    blocked.delete(line.id);
    owed.delete(line.id);
    ready.add(line.id);
    dispatcher.add(line, parts.laneOf(line), line.task.priority ?? defaultPriority);
  }

  async function run(line: TaskLine): Promise<void> {
    const before = waiting.get(line.id);
    const journey = startJourney(line, before?.soFar);
    running.set(line.id, journey);
    ready.delete(line.id);
    try {
      const arrival = await parts.run(journey);
      running.delete(line.id);
      if (arrival.at === 'end') return settle(line, journey.settled as Settled);
      // Told only now that it does not run any more: lines that wait for it are parked as well when this is heard.
      const parked = waiting.get(line.id);
      if (parked?.waitsFor.kind === 'steps' && lookAgain.delete(line.id)) enqueue(line);
      if (parked && before?.waitsFor.kind !== 'steps') parts.onParked(parked);
      else parts.onResting();
    } catch (error) {
      running.delete(line.id);
      firsts.delete(line.id);
      parts.onReleased(line, error as Error);
    }
  }

  /** A step has its outcome: its workflow can go on. */
  function wakeParent({ task: { parentId } }: TaskLine): void {
    if (parentId === undefined) return;
    if (running.has(parentId)) lookAgain.add(parentId);
    const parent = waiting.get(parentId);
    if (parent?.waitsFor.kind === 'steps' && !running.has(parentId) && !ready.has(parentId)) enqueue(parent.line);
  }

  function settle(line: TaskLine, settled: Settled): void {
    waiting.leave(line);
    lookAgain.delete(line.id);
    wakeParent(line);
    owed.delete(line.id);
    parts.onSettled(line, settled);
    if (firsts.get(line.id)?.line === line) {
      for (const follower of firsts.get(line.id)?.followers ?? []) {
        waiting.leave(follower);
        parts.onSettled(follower, { ...settled, duplicate: true });
      }
      firsts.delete(line.id);
    }
    for (const id of dependencies.dependents(line.id)) {
      const dependent = blocked.get(id);
      if (!dependent) continue;
      if (!satisfies(settled.outcome, dependent.line)) refuseDependent(dependent.line, line.id, settled.outcome);
      else if (dependent.missing.delete(line.id) && dependent.missing.size === 0) enqueue(dependent.line);
    }
  }

  function refuseDependent(line: TaskLine, dependency: string, outcome: string): void {
    void refuse(line, fault('DEPENDENCY_FAILED', { dependency, outcome }), 'rejected');
  }

  function refuseCircle(line: TaskLine, circle: readonly string[]): void {
    const error = fault('DEPENDENCY_CYCLE', { cycle: circle.join(' → ') });
    void refuse(line, error, 'rejected');
    for (const id of new Set(circle)) {
      const member = blocked.get(id)?.line;
      if (member) void refuse(member, error, 'rejected');
    }
  }

  async function refuse(line: TaskLine, error: ArbiterError, outcome: 'rejected' | 'cancelled'): Promise<void> {
    if (blocked.get(line.id)?.line === line) {
      dependencies.remove(line.id);
      blocked.delete(line.id);
    }
    ready.delete(line.id);
    const journey = startJourney(line, waiting.get(line.id)?.soFar);
    journey.error = error;
    try {
      await parts.refuse(journey, outcome);
      settle(line, journey.settled as Settled);
    } catch (bug) {
      parts.onReleased(line, bug as Error);
    }
  }

  /** Whether a task runs, or waits for nothing but tasks that do. `known` keeps the answers: chains may share their links. */
  function underWay(id: string, known = new Map<string, boolean>()): boolean {
    if (ready.has(id) || (running.has(id) && !restingLong.has(id))) return true;
    const answer = known.get(id);
    if (answer !== undefined) return answer;
    const missing = blocked.get(id)?.missing;
    const moves = missing !== undefined && [...missing].every((dependency) => underWay(dependency, known));
    known.set(id, moves);
    return moves;
  }

  function park(parked: Parked): void {
    waiting.park(parked);
    parts.onParked(parked);
  }

  return {
    submit,
    parkBlocked(claim) {
      for (const { line, missing } of [...blocked.values()])
        if (line.source.claim === claim && !waiting.get(line.id) && (draining || !underWay(line.id)))
          park({ line, waitsFor: { kind: 'tasks', ids: [...missing] } });
      for (const { line: first, followers } of firsts.values()) {
        if (!waiting.get(first.id) || (running.has(first.id) && !restingLong.has(first.id))) continue;
        for (const follower of followers) {
          if (follower.source.claim !== claim || waiting.from(claim, follower.source.line)) continue;
          park({ line: follower, waitsFor: { kind: 'tasks', ids: [first.id] } });
        }
      }
    },
    resume(parked) {
      const { line, waitsFor } = parked;
      if (line.task.id !== undefined && !isFirst(line)) return;
      if (waitsFor.kind === 'attempt') owed.add(line.id);
      if (waitsFor.kind === 'time' || waitsFor.kind === 'attempt') {
        if (Date.parse(waitsFor.at) > Date.now()) wakeAt(parked, waitsFor.at);
        else goOn(parked);
      } else if (waitsFor.kind === 'tasks') awaitDependencies(line);
      else if (waitsFor.kind === 'steps') enqueue(line);
    },
    goOn(parked) {
      waiting.park(parked);
      owed.add(parked.line.id);
      goOn(parked);
    },
    settle,
    async rest(journey, delayMs) {
      const { line, abort } = journey;
      const before = soFar(journey);
      const at = new Date(Date.now() + delayMs).toISOString();
      const parked: Parked = { line, waitsFor: { kind: 'attempt', attempt: before.attempt, at }, soFar: before };
      waiting.park(parked);
      if (delayMs > longRestMs) {
        restingLong.add(line.id);
        parts.onParked(parked);
      }
      try {
        await dispatcher.rest(parts.laneOf(line), delayMs, abort.signal);
      } finally {
        restingLong.delete(line.id);
      }
    },
    async cancel(id) {
      const journey = running.get(id);
      if (journey) {
        journey.abort.abort();
        return 'cancelling';
      }
      const line =
        dispatcher.withdraw((candidate) => candidate.id === id) ?? blocked.get(id)?.line ?? waiting.get(id)?.line;
      if (!line) return 'not found';
      await refuse(line, fault('CANCELLED', { detail: ' before it ran' }), 'cancelled');
      return 'cancelled';
    },
    drain() {
      draining = true;
      dispatcher.drain();
    },
    get running() {
      return [...running.values()];
    },
    get quiet() {
      return running.size === 0;
    },
    get ready() {
      return ready.size;
    },
    get owed() {
      return owed.size;
    },
  };
}

/** A plan is enough for a plan. */
function satisfies(outcome: string, dependent: TaskLine): boolean {
  return outcome === 'done' || (outcome === 'planned' && dependent.task.whatIf === true);
}
