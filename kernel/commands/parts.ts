// What a command works with, and what it answers.
import type { LedgerReader } from '../../ledger/reader.ts';
import type { Audit } from '../audit/audit.ts';
import type { PastOutcome } from '../audit/past-outcome.ts';
import type { Settled, TaskLine } from '../journey/journey.ts';
import type { Outside } from '../landing/outside.ts';
import type { Parked, WaitingRoom } from '../queue/waiting.ts';
import type { KeyedLock } from '../safety/keyed-lock.ts';
import type { Grants } from '../safety/workspace.ts';
import type { AskAgain } from './ask-again.ts';

export interface CommandParts extends Outside {
  readonly homePath: string;
  readonly ledger: LedgerReader;
  readonly audit: Audit;
  readonly pastOutcome: PastOutcome;
  readonly grants: Grants;
  readonly askAgain: AskAgain;
  /** Folder for private copies. */
  readonly copies: string;
  readonly waiting: WaitingRoom;
  /** Shared with the journeys: one landing at a time per folder or branch. */
  readonly oneAtATime: KeyedLock;
  /** One command at a time per task. */
  readonly perTask: KeyedLock;
  /** A parked line may go on, with what is parked now. */
  readonly goOn: (parked: Parked) => void;
  /** A parked line has an outcome. */
  readonly onSettled: (line: TaskLine, settled: Settled) => void | Promise<void>;
}

/** How a command ended, for whoever gave it. */
export interface Ended extends Settled {
  /** The task that it was about. */
  readonly id: string;
}

/** The task was let through where nothing had run yet; how it ends is not known. */
export interface GoesOn {
  readonly id: string;
  readonly goesOn: true;
}

export type Answer = Ended | GoesOn;
