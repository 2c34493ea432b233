// Tasks that wait for a time, for other tasks or for a person: one file each in waiting/, so that a restart knows them,
// and the short facts in memory that tell when they can go on.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EffectSet } from '../../contracts/generated/ledger.v1.ts';
import { crashPoint } from '../crash-point.ts';
import type { TaskLine } from '../journey/journey.ts';
import { slugOf } from '../journey/slug.ts';

export type WaitsFor =
  | { readonly kind: 'time'; readonly at: string }
  | { readonly kind: 'tasks'; readonly ids: readonly string[] }
  | { readonly kind: 'approval' };

export interface Parked {
  readonly line: TaskLine;
  readonly waitsFor: WaitsFor;
  /** What an approval would let happen; its content is in effects/. */
  readonly effects?: EffectSet;
}

export interface WaitingRoom {
  /** Writes the task down. */
  park(parked: Parked): void;
  /** Takes the task out, when its outcome is recorded. */
  remove(id: string): void;
  get(id: string): Parked | undefined;
  /** The task that was parked from a line, if it was. */
  from(claim: string, line: number): Parked | undefined;
  all(): Iterable<Parked>;
  readonly size: number;
}

/** Opens waiting/ at `folder` and reads what is there. */
export function openWaitingRoom(folder: string): WaitingRoom {
  const byId = new Map<string, Parked>();
  const byLine = new Map<string, Parked>();
  const pathOf = (id: string) => join(folder, `${slugOf(id)}.json`);
  const keyOf = (claim: string, line: number) => `${claim}:${line}`;

  function remember(parked: Parked): void {
    byId.set(parked.line.id, parked);
    byLine.set(keyOf(parked.line.source.claim, parked.line.source.line), parked);
  }

  for (const name of readdirSync(folder))
    if (name.endsWith('.json')) remember(JSON.parse(readFileSync(join(folder, name), 'utf8')));

  return {
    get size() {
      return byId.size;
    },
    park(parked) {
      const path = pathOf(parked.line.id);
      writeFileSync(`${path}.new`, `${JSON.stringify(parked)}\n`);
      crashPoint('before-park');
      renameSync(`${path}.new`, path);
      crashPoint('after-park');
      remember(parked);
    },
    remove(id) {
      const parked = byId.get(id);
      if (!parked) return;
      byId.delete(id);
      byLine.delete(keyOf(parked.line.source.claim, parked.line.source.line));
      crashPoint('before-unpark');
      rmSync(pathOf(id), { force: true });
      crashPoint('after-unpark');
    },
    get: (id) => byId.get(id),
    from: (claim, line) => byLine.get(keyOf(claim, line)),
    all: () => byId.values(),
  };
}

/** For people. */
export function waitsForText(waitsFor: WaitsFor): string {
  switch (waitsFor.kind) {
    case 'time':
      return `until ${waitsFor.at}`;
    case 'tasks':
      return `for ${waitsFor.ids.join(', ')}`;
    case 'approval':
      return 'for an approval';
  }
}
