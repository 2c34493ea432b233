// Generated from contracts/schemas/verdict.v1.json by scripts/generate-types.ts. Do not edit.

/**
 * What a validation tool answers when a gate asks it; whatever else it says is for its own output schema.
 */
export interface Verdict {
  verdict: 'pass' | 'fail';
  findings: {
    [k: string]: unknown | undefined;
  }[];
}
