// What a command's exit tells a script. `ledger verify` has codes of its own: see ledger/verify.ts.

export const exitCodes = {
  /** Everything asked for was done. */
  done: 0,
  /** The command ran; some task failed, or what was looked for is not there. */
  someFailed: 1,
  /** The kernel, or the command, cannot run here: the message says why. */
  cannotRun: 3,
  /** The command line is wrong. */
  usage: 64,
} as const;
