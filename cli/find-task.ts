// Finds a task in the ledger by its id, or by the number of one of its entries.
import { fault } from '../contracts/errors.ts';
import type { LedgerReader, StoredEntry } from '../ledger/reader.ts';

/** Every entry of the task, oldest first. Throws TASK_NOT_FOUND. */
export function findTask(reader: LedgerReader, id: string, where: string): StoredEntry[] {
  const byNumber = /^\d+$/.test(id) ? reader.entry(Number(id)) : undefined;
  const entries = reader.entriesOf(byNumber?.taskKey ?? id);
  if (entries.length === 0) throw fault('TASK_NOT_FOUND', { id, where });
  return byNumber ? entries.filter(({ seq }) => seq <= byNumber.seq) : entries;
}
