// What leaves the house when everything else is in place: requests to hosts, and tasks for the inbox. Neither can be
// taken back.
import type { RequestEffect, SubmissionsRecord, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { HostGrant } from '../../contracts/generated/plugin.v1.ts';
import { canonical } from '../../ledger/canonical.ts';
import { digestOf } from '../../ledger/digest.ts';
import { keptContents, type Outbox } from '../outbox/outbox.ts';
import type { HeldRequest } from '../outbox/read-request.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { keptContent } from '../safety/recorded-contents.ts';
import type { Part } from './land.ts';

/** Drops tasks into the inbox. */
export type Submit = (tasks: readonly object[]) => void;

export interface Outside {
  readonly store: EffectStore;
  readonly outbox: Outbox;
  readonly submit: Submit;
}

/** A task that was asked for, as it is recorded: without the ids, which follow from its parent's. */
export type AskedFor = Record<string, unknown>;

/** The digest of a list that is not empty. */
export function submissionsRecord(tasks: readonly AskedFor[]): SubmissionsRecord {
  return { count: tasks.length, digest: digestOf(canonical(tasks)) };
}

/** Keeps what requests carry and what tasks were asked for, so that both can leave later as they are now. */
export function keepOutside(requests: readonly HeldRequest[], tasks: readonly AskedFor[], store: EffectStore): void {
  for (const { content } of requests) if (content) store.put(content);
  if (tasks.length > 0) store.put(Buffer.from(canonical(tasks)));
}

/** The parts of an outcome that leave the house, in their order. What they carry has been kept. */
export function outsideParts(taskKey: string, body: TaskBody, parts: Outside): Part[] {
  return [
    ...(body.requests ? [requestsPart(taskKey, body, body.requests, parts)] : []),
    ...(body.submissions ? [submissionsPart(taskKey, body.submissions, parts)] : []),
  ];
}

/** The children's ids follow from the parent's: a crash in the middle drops the same tasks again, not others. */
export function withIds(parentId: string, tasks: readonly AskedFor[]): object[] {
  return tasks.map((task, index) => ({ ...task, id: childId(parentId, index + 1), parentId }));
}

export function childId(parentId: string, number: number): string {
  return `${parentId}/${number}`;
}

function requestsPart(
  taskKey: string,
  { plugin, grants, task }: TaskBody,
  requests: readonly RequestEffect[],
  { outbox, store }: Outside,
): Part {
  const sender = { plugin: plugin?.id ?? '', grants: (grants?.hosts ?? []) as HostGrant[] };
  const idempotencyKey = task?.idempotencyKey as string | undefined;
  return {
    async prepare() {
      keptContents(requests, store);
      return {};
    },
    apply: async () => ({ deliveries: await outbox({ taskKey, idempotencyKey, sender, requests }) }),
    undo: async () => undefined,
  };
}

function submissionsPart(taskKey: string, { digest }: SubmissionsRecord, { store, submit }: Outside): Part {
  const asked = () => JSON.parse(keptContent('the list of tasks', digest, store).toString('utf8')) as AskedFor[];
  return {
    async prepare() {
      asked();
      return {};
    },
    async apply() {
      submit(withIds(taskKey, asked()));
      return {};
    },
    undo: async () => undefined,
  };
}
