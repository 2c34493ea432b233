// Finds a task in the ledger by its id, or by the number of one of its entries. Where both would do, the id counts.
import { fault } from '../../contracts/errors.ts';
import type { TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { LedgerReader, StoredEntry } from '../../ledger/reader.ts';

/** Every entry of the task, oldest first, up to the one that was asked for. Throws TASK_NOT_FOUND. */
export function findTask(reader: LedgerReader, id: string, where: string): StoredEntry[] {
  const byId = reader.entriesOf(id);
  if (byId.length > 0) return byId;
  const byNumber = isNumber(id) ? reader.entry(Number(id)) : undefined;
  if (!byNumber) throw fault('TASK_NOT_FOUND', { id, where });
  return reader.entriesOf(byNumber.taskKey).filter(({ seq }) => seq <= byNumber.seq);
}

/** The id that `id` stands for, which may be the number of an entry. */
export function taskKeyOf(reader: LedgerReader, id: string): string {
  if (!isNumber(id) || reader.entriesOf(id).length > 0) return id;
  return reader.entry(Number(id))?.taskKey ?? id;
}

/** Every outcome of a task, oldest first. */
export function outcomesOf(reader: LedgerReader, taskKey: string): StoredEntry<TaskBody>[] {
  return reader.entriesOf(taskKey).filter((entry): entry is StoredEntry<TaskBody> => entry.body.kind === 'task');
}

/** Under which a rollback is recorded. No task has such an id. */
export function rollbackKey(taskKey: string): string {
  return `rollback of ${taskKey}`;
}

/** The rollback of an outcome, when it happened. */
export function rollbackOf(
  reader: LedgerReader,
  { taskKey, bodyHash }: StoredEntry<TaskBody>,
): StoredEntry<TaskBody> | undefined {
  return outcomesOf(reader, rollbackKey(taskKey)).find(
    ({ body }) => body.rollsBack === bodyHash && body.outcome === 'done',
  );
}

/** The outcome that applied a plan, when that happened. */
export function applicationOf(
  reader: LedgerReader,
  { taskKey, bodyHash }: StoredEntry<TaskBody>,
): StoredEntry<TaskBody> | undefined {
  return outcomesOf(reader, taskKey).find(({ body }) => body.applies === bodyHash && body.outcome === 'done');
}

function isNumber(id: string): boolean {
  return /^\d{1,15}$/.test(id);
}
