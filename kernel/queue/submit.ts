// Drops tasks into an inbox as one file, whole or not at all.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Home } from '../home.ts';

/** Writes `tasks` into the inbox of `home`, a line each; gives the file's name. */
export function dropTasks(home: Home, tasks: readonly object[], name = `submitted-${uuidv7()}.jsonl`): string {
  const hidden = join(home.inbox, `.${name}`);
  writeFileSync(hidden, tasks.map((task) => `${JSON.stringify(task)}\n`).join(''), { flush: true });
  renameSync(hidden, join(home.inbox, name));
  return name;
}

/** Drops what is given to it into the inbox of `home`. */
export function submitTo(home: Home): (tasks: readonly object[]) => void {
  return (tasks) => void dropTasks(home, tasks);
}
