// Whether tables, indexes and guards of a ledger are those that it was made with. Part of the verifier.
import { hash } from 'node:crypto';
import type Database from 'better-sqlite3';

/** What has to be there, by name, so that a finding can say what is not. */
const names = [
  ...['table entry', 'table payload', 'table tile', 'table checkpoint', 'table meta'],
  ...['index entry_by_task', 'index entry_prepared'],
  ...['entry', 'payload', 'checkpoint', 'meta'].flatMap((table) =>
    ['append', 'keep', 'fixed'].map((guard) => `trigger ${table}_${guard}`),
  ),
  ...['trigger tile_append', 'trigger tile_keep', 'trigger tile_grows'],
];
/** SHA-256 over all their statements, in the order of their names, each with a newline: layout 2. */
const statements = '7b7e085c1a458c03df35ed6e7f17938f438f2dd8a34543c90859882d62e65780';

/** `old`: of the time before checkpoints, when tables were the same and there were fewer guards. */
export function checkSchema(store: Database.Database, old: boolean, find: (sentence: string) => void): void {
  const rows = store
    .prepare(`SELECT type || ' ' || name AS name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY 1`)
    .all() as { name: string; sql: string }[];
  const present = new Set(rows.map(({ name }) => name));
  const missing = names.filter((name) => !present.has(name) && !(old && name.startsWith('trigger ')));
  const strange = [...present].filter((name) => !names.includes(name));
  for (const name of missing) find(`The ${name} is missing.`);
  for (const name of strange) find(`There is a ${name} that does not belong there.`);
  if (old || missing.length + strange.length > 0) return;
  const digest = hash('sha256', rows.map(({ sql }) => `${sql}\n`).join(''), 'hex');
  if (digest !== statements) find('A table, an index or a guard is not as it was made.');
}
