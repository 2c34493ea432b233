// One row of the table that a campaign of faults ends in.

export interface FaultRow {
  readonly fault: string;
  readonly tried: number;
  /** Times that something acknowledged was not there afterwards. */
  readonly lost: number;
  /** Times that nothing said so. */
  readonly undetected: number;
  /** Times that something was there twice; undefined where that cannot be. */
  readonly duplicated?: number;
}
