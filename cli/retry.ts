// arbiter retry: puts failed lines back into the inbox.
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { fault } from '../contracts/errors.ts';
import type { TaskBody } from '../contracts/generated/ledger.v1.ts';
import { findTask } from '../kernel/commands/find-task.ts';
import type { Home } from '../kernel/home.ts';
import { dropTasks } from '../kernel/queue/submit.ts';
import { openReader } from '../ledger/reader.ts';
import { contextOf, demandHome } from './context.ts';

export function addRetry(program: Command): void {
  program
    .command('retry')
    .description('run failed lines again: all of them, those of a file in failed/, or one task')
    .argument('[what...]', 'names of files in failed/, or ids of tasks; everything in failed/ when left out')
    .action((what: string[], _options: object, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      const files = failedFiles(home);
      const again =
        what.length === 0 ? files.map((file) => moveBack(home, file)) : what.map((name) => retryOne(home, name, files));
      context.output.show(
        { retried: again },
        again.length === 0 ? 'There is nothing in failed/.' : `Back in the inbox: ${again.join(', ')}`,
      );
    });
}

function failedFiles(home: Home): string[] {
  if (!existsSync(home.failed)) return [];
  return readdirSync(home.failed).filter((name) => name.endsWith('.jsonl') && !name.endsWith('.errors.jsonl'));
}

function retryOne(home: Home, what: string, files: readonly string[]): string {
  const name = basename(what);
  if (files.includes(name)) return moveBack(home, name);
  return dropAgain(home, what);
}

/** The reasons stay with the results, in done/. */
function moveBack(home: Home, name: string): string {
  const errors = name.replace(/\.jsonl$/, '.errors.jsonl');
  renameSync(join(home.failed, name), join(home.inbox, name));
  if (existsSync(join(home.failed, errors))) renameSync(join(home.failed, errors), join(home.done, errors));
  return name;
}

function dropAgain(home: Home, id: string): string {
  const reader = openReader(home.ledger);
  try {
    const entry = findTask(reader, id, home.path).findLast(({ body }) => body.kind === 'task');
    const body = entry?.body as TaskBody | undefined;
    if (!entry || !body?.task) throw fault('TASK_NOT_FOUND', { id, where: home.path });
    // An id that the kernel made names the line it was made for; the task gets a new one.
    const made = entry.taskKey === `${entry.envelope.source?.claim}:${entry.envelope.source?.line}`;
    return dropTasks(home, [made ? body.task : { id: entry.taskKey, ...body.task }]);
  } finally {
    reader.close();
  }
}
