// Finds the effects of a task that waits, is planned, done or rolled back.
import { existsSync } from 'node:fs';
import { fault } from '../contracts/errors.ts';
import type { EffectSet, Envelope, TaskBody } from '../contracts/generated/ledger.v1.ts';
import { applicationOf, findTask, rollbackOf } from '../kernel/commands/find-task.ts';
import type { Home } from '../kernel/home.ts';
import { openWaitingRoom } from '../kernel/queue/waiting.ts';
import { contentsOf } from '../kernel/safety/effect-contents.ts';
import { newEffectStore } from '../kernel/safety/effect-store.ts';
import { openReader, type StoredEntry } from '../ledger/reader.ts';
import { commitLines } from './commit-view.ts';
import { effectText, type FileView, viewEffects } from './effect-view.ts';
import { type RequestView, requestText, viewRequests } from './request-view.ts';

export interface RecordedEffects {
  readonly id: string;
  readonly status: string;
  /** Missing while the task waits. */
  readonly entry?: number;
  /** Entry that applied this plan, or rolled this task back. */
  readonly appliedBy?: number;
  readonly rolledBackBy?: number;
  readonly body: TaskBody;
  readonly envelope: Envelope;
  readonly target?: EffectSet['target'];
  readonly notKept?: NonNullable<EffectSet['notKept']>;
  readonly files: readonly FileView[];
  /** Sent, or to be sent. */
  readonly requests: readonly RequestView[];
  /** How many tasks it asks for. */
  readonly submits: number;
}

/** Throws TASK_NOT_FOUND. */
export async function recordedEffects(home: Home, id: string): Promise<RecordedEffects> {
  const parked = existsSync(home.waiting) ? openWaitingRoom(home.waiting).get(id) : undefined;
  if (parked?.draft) {
    const { body, envelope } = parked.draft;
    return { id, status: 'waiting for an approval', envelope, ...(await viewOf(home, body)) };
  }
  const reader = openReader(home.ledger);
  try {
    const entry = findTask(reader, id, home.path).findLast(
      (one): one is StoredEntry<TaskBody> => one.body.kind === 'task',
    );
    if (!entry) throw fault('TASK_NOT_FOUND', { id, where: home.path });
    const { seq, taskKey, body, envelope } = entry;
    const appliedBy = applicationOf(reader, entry)?.seq;
    const rolledBackBy = rollbackOf(reader, entry)?.seq;
    return {
      ...{ id: taskKey, entry: seq, envelope },
      status: rolledBackBy !== undefined ? 'rolled back' : appliedBy !== undefined ? 'applied' : body.outcome,
      ...(appliedBy !== undefined && { appliedBy }),
      ...(rolledBackBy !== undefined && { rolledBackBy }),
      ...(await viewOf(home, body)),
    };
  } finally {
    reader.close();
  }
}

type View = Pick<RecordedEffects, 'body' | 'target' | 'notKept' | 'files' | 'requests' | 'submits'>;

async function viewOf(home: Home, body: TaskBody): Promise<View> {
  const { effects, rollsBack, requests = [], submissions } = body;
  const store = newEffectStore(home.effects);
  const outside = { body, requests: viewRequests(requests, store), submits: submissions?.count ?? 0 };
  if (!effects) return { ...outside, files: [] };
  const contents = contentsOf(effects, rollsBack !== undefined, store);
  const { target, notKept } = effects;
  return { ...outside, target, ...(notKept && { notKept }), files: await viewEffects(effects.files, contents) };
}

/** For people: what is committed, what changes, what is sent, what is asked for. */
export function recordedText(found: Omit<View, 'body'>): string {
  const { files, requests, submits } = found;
  const commits = commitLines(found);
  const sections = [
    ...(commits.length > 0 ? [commits.join('\n')] : []),
    ...(files.length > 0 ? [effectText(files)] : []),
    ...(requests.length > 0 ? [requestText(requests)] : []),
    ...(submits > 0 ? [`  submits  ${submits} task(s)`] : []),
  ];
  return sections.length > 0 ? sections.join('\n\n') : 'Nothing changes.';
}
