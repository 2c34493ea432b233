// Generated from contracts/schemas/result.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * One line of <name>.results.jsonl in done/.
 */
export interface ResultLine {
  /**
   * Line of the task in its file, from 1.
   */
  line: number;
  id: string;
  tool: string | null;
  status: 'done' | 'planned' | 'failed' | 'quarantined' | 'waiting' | 'rejected' | 'cancelled';
  /**
   * What the tool answered.
   */
  output?: {
    [k: string]: unknown | undefined;
  };
  /**
   * What changed, or under whatIf would change.
   */
  effects?: {
    [k: string]: unknown | undefined;
  }[];
  /**
   * What a person should know: the branch that holds the result, the task whose result this is.
   */
  note?: string;
  /**
   * What a waiting task waits for.
   */
  waitsFor?: string;
  /**
   * Error code, when there is one.
   */
  code?: string;
  message?: string;
  /**
   * The earlier task with this id whose result this is, by entry.
   */
  duplicateOf?: number;
  /**
   * Number of the ledger entry that proves it.
   */
  entry?: number;
}
