// Drops the tasks of steps into the inbox, each once. A step's file has a name that follows from the task's id: after a
// crash it is still in inbox/ or processing/, unless its line has an outcome or is parked.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../../contracts/generated/task.v1.ts';
import type { Home } from '../home.ts';
import { slugOf } from '../journey/slug.ts';
import { dropTasks } from '../queue/submit.ts';
import type { WaitingRoom } from '../queue/waiting.ts';

export interface UnderWay {
  /** Drops a task that has no outcome, unless it is under way. */
  drop(task: Task & { readonly id: string }): void;
  /** A task has its outcome. */
  forget(id: string): void;
}

export function newUnderWay(home: Home, waiting: WaitingRoom): UnderWay {
  const dropped = new Set<string>();

  function isUnderWay(id: string, name: string): boolean {
    if (dropped.has(id) || waiting.get(id) || existsSync(join(home.inbox, name))) return true;
    return readdirSync(home.processing).some((file) => file.endsWith(`.${name}`));
  }

  return {
    drop(task) {
      const name = `step-${slugOf(task.id)}.jsonl`;
      if (!isUnderWay(task.id, name)) dropTasks(home, [task], name);
      dropped.add(task.id);
    },
    forget: (id) => void dropped.delete(id),
  };
}
