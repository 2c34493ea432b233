// Generated from contracts/schemas/error-line.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * One line of <name>.errors.jsonl in failed/.
 */
export interface ErrorLine {
  /**
   * The file's name as it was dropped.
   */
  file: string;
  /**
   * From 1; 0 speaks of the file as a whole.
   */
  line: number;
  id: string | null;
  /**
   * warning: the line was run all the same. Left out: error.
   */
  severity?: 'error' | 'warning';
  code: string;
  /**
   * What happened.
   */
  message: string;
  expected: string;
  /**
   * What to try.
   */
  remedy: string;
}
