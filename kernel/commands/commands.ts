// What people decide about effects that are recorded: apply a plan, approve or reject what waits, roll back what is done.
// Nothing is run again.
import { fault } from '../../contracts/errors.ts';
import type { EffectCommand } from '../control.ts';
import { applyPlan } from './apply-plan.ts';
import { approve, reject } from './approve.ts';
import type { Answer, CommandParts } from './parts.ts';
import { rollBack } from './roll-back.ts';

export interface Commands {
  /** Throws the catalogue error that says why it cannot be done. */
  run(command: EffectCommand): Promise<Answer>;
  /** Takes no more; resolves when what runs has ended. */
  close(): Promise<void>;
}

const carryOut = { apply: applyPlan, approve, reject, rollback: rollBack };

export function newCommands(parts: CommandParts): Commands {
  const running = new Set<Promise<unknown>>();
  let closed = false;
  return {
    async run(command) {
      if (closed) throw fault('HOME_BUSY', { path: parts.homePath });
      const work = carryOut[command.command](parts, command);
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
