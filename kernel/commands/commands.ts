// What people decide about effects that are recorded: apply a plan, approve or reject what waits, roll back what is done.
// Nothing is run again.
import { fault } from '../../contracts/errors.ts';
import type { LedgerReader } from '../../ledger/reader.ts';
import type { Audit } from '../audit/audit.ts';
import type { PastOutcome } from '../audit/past-outcome.ts';
import type { EffectCommand } from '../control.ts';
import type { Settled, Submission, TaskLine } from '../journey/journey.ts';
import type { WaitingRoom } from '../queue/waiting.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import type { KeyedLock } from '../safety/keyed-lock.ts';
import type { Grants } from '../safety/workspace.ts';
import { applyPlan } from './apply-plan.ts';
import { approve, reject } from './approve.ts';
import { rollBack } from './roll-back.ts';

export interface CommandParts {
  readonly homePath: string;
  readonly ledger: LedgerReader;
  readonly audit: Audit;
  readonly pastOutcome: PastOutcome;
  readonly store: EffectStore;
  readonly grants: Grants;
  /** Folder for private copies. */
  readonly copies: string;
  readonly waiting: WaitingRoom;
  /** Shared with the journeys: one landing at a time per folder or branch. */
  readonly oneAtATime: KeyedLock;
  /** One command at a time per task. */
  readonly perTask: KeyedLock;
  readonly submit: (parent: string, submissions: readonly Submission[]) => void;
  /** A parked line has an outcome. */
  readonly onSettled: (line: TaskLine, settled: Settled) => void | Promise<void>;
}

/** How a command ended, for whoever gave it. */
export interface Answer extends Settled {
  /** The task that it was about. */
  readonly id: string;
}

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
