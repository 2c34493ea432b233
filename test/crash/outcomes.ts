// Follows the ledger from crash to crash: which line has which outcome, and whether one has two.
import { existsSync } from 'node:fs';
import type { Outcome } from '../../contracts/generated/ledger.v1.ts';
import { openReader } from '../../ledger/reader.ts';
import type { Findings } from './findings.ts';

export interface LineOutcome {
  readonly seq: number;
  readonly taskKey: string;
  readonly outcome: Outcome;
}

export interface Outcomes {
  /** By `<file>:<line>`. */
  readonly byLine: ReadonlyMap<string, LineOutcome>;
  /** Keys of tasks that have an outcome, whichever line brought it about. */
  readonly tasks: ReadonlySet<string>;
  /** Ids that are done, and by which line. */
  readonly done: ReadonlyMap<string, string>;
  /** Reads what was added. */
  readOn(): void;
}

const entriesPerRead = 1000;

export function newOutcomes(ledger: string, findings: Findings): Outcomes {
  const byLine = new Map<string, LineOutcome>();
  const done = new Map<string, string>();
  const tasks = new Set<string>();
  let seen = 0;

  function note(seq: number, taskKey: string, outcome: Outcome, line: string): void {
    const before = byLine.get(line);
    if (before) findings.duplicated.add(`${line} (${taskKey}) has the outcomes ${before.seq} and ${seq}`);
    byLine.set(line, { seq, taskKey, outcome });
    tasks.add(taskKey);
    if (outcome !== 'done') return;
    if (done.has(taskKey)) findings.duplicated.add(`${taskKey} is done twice: ${done.get(taskKey)} and ${line}`);
    done.set(taskKey, line);
  }

  return {
    byLine,
    tasks,
    done,
    readOn() {
      if (!existsSync(ledger)) return;
      const reader = openReader(ledger);
      try {
        for (let entries = reader.after(seen, entriesPerRead); entries.length > 0; ) {
          for (const { seq, taskKey, body, envelope } of entries) {
            seen = seq;
            const { file = '', line = 0 } = envelope.source ?? {};
            if (body.kind === 'task') note(seq, taskKey, body.outcome, `${file.replace(/\.jsonl$/, '')}:${line}`);
          }
          entries = reader.after(seen, entriesPerRead);
        }
      } finally {
        reader.close();
      }
    },
  };
}
