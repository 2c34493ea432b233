// Tasks that wait for a time, for other tasks, for their next attempt or for a person: one file each in waiting/, so that
// a restart knows them, and the short facts in memory that tell when they can go on.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft } from '../audit/audit.ts';
import { crashPoint } from '../crash-point.ts';
import type { TaskLine } from '../journey/journey.ts';
import { slugOf } from '../journey/slug.ts';
import type { SoFar } from '../journey/so-far.ts';

export type WaitsFor =
  | { readonly kind: 'time'; readonly at: string }
  | { readonly kind: 'tasks'; readonly ids: readonly string[] }
  /** A workflow, for the tasks of its steps. */
  | { readonly kind: 'steps'; readonly ids: readonly string[] }
  | { readonly kind: 'attempt'; readonly attempt: number; readonly at: string }
  /** `at` is the box where it waits, when nothing has run yet. */
  | { readonly kind: 'approval'; readonly at?: string };

export interface Parked {
  readonly line: TaskLine;
  readonly waitsFor: WaitsFor;
  /** What an approval would let happen; the content of its effects is in effects/. */
  readonly draft?: Draft;
  /** What the attempts before leave to the next one. */
  readonly soFar?: SoFar;
}

export interface WaitingRoom {
  /** Writes the task down. */
  park(parked: Parked): void;
  /** Takes the line out, when its outcome is recorded. What is written down stays until its result is written, too. */
  leave(line: TaskLine): void;
  /** Removes what is written down of a line that has left. */
  forget(line: TaskLine): void;
  /** The task with this id; lines that came after it and wait for its result are not meant. */
  get(id: string): Parked | undefined;
  /** Removes what a crash left half-written. Not while a kernel runs. */
  sweep(): void;
  /** The task that was parked from a line, if it was. */
  from(claim: string, line: number): Parked | undefined;
  all(): Iterable<Parked>;
  readonly size: number;
}

/** Opens waiting/ at `folder` and reads what is there. */
export function openWaitingRoom(folder: string): WaitingRoom {
  const byId = new Map<string, Parked>();
  const byLine = new Map<string, Parked>();
  /** Where lines are written down. */
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  const keyOf = (claim: string, line: number) => `${claim}:${line}`;
  const keyOfLine = ({ source }: TaskLine) => keyOf(source.claim, source.line);

  function remember(parked: Parked, path: string): void {
    const key = keyOfLine(parked.line);
    const first = byId.get(parked.line.id);
    if (!first || keyOfLine(first.line) === key) byId.set(parked.line.id, parked);
    byLine.set(key, parked);
    paths.set(key, path);
    taken.add(path);
  }

  /** The first line with an id has its name; those that come after it, before it has gone, add where they came from. */
  function pathFor({ id, source }: TaskLine): string {
    const plain = join(folder, `${slugOf(id)}.json`);
    return taken.has(plain) ? join(folder, `${slugOf(id)}~${source.claim}-${source.line}.json`) : plain;
  }

  // Sorted, so that the first line with an id comes before the others.
  for (const name of readdirSync(folder).sort())
    if (name.endsWith('.json')) remember(JSON.parse(readFileSync(join(folder, name), 'utf8')), join(folder, name));

  return {
    get size() {
      return byLine.size;
    },
    park(parked) {
      const path = paths.get(keyOfLine(parked.line)) ?? pathFor(parked.line);
      writeFileSync(`${path}.new`, `${JSON.stringify(parked)}\n`);
      crashPoint('before-park');
      renameSync(`${path}.new`, path);
      crashPoint('after-park');
      remember(parked, path);
    },
    leave(line) {
      const key = keyOfLine(line);
      byLine.delete(key);
      const first = byId.get(line.id);
      if (first && keyOfLine(first.line) === key) byId.delete(line.id);
    },
    forget(line) {
      const key = keyOfLine(line);
      const path = paths.get(key);
      if (path === undefined || byLine.has(key)) return;
      crashPoint('before-unpark');
      rmSync(path, { force: true });
      paths.delete(key);
      taken.delete(path);
      crashPoint('after-unpark');
    },
    sweep() {
      for (const name of readdirSync(folder)) if (name.endsWith('.json.new')) rmSync(join(folder, name));
    },
    get: (id) => byId.get(id),
    from: (claim, line) => byLine.get(keyOf(claim, line)),
    all: () => byLine.values(),
  };
}

/** For people. */
export function waitsForText(waitsFor: WaitsFor): string {
  switch (waitsFor.kind) {
    case 'time':
      return `until ${waitsFor.at}`;
    case 'tasks':
    case 'steps':
      return `for ${waitsFor.ids.join(', ')}`;
    case 'attempt':
      return `for attempt ${waitsFor.attempt}, at ${waitsFor.at}`;
    case 'approval':
      return 'for an approval';
  }
}
