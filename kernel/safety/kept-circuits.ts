// What is kept of the circuits between one kernel and the next: run/circuits.json.
import { readFileSync } from 'node:fs';

export interface KeptCircuit {
  /** Of the plugin that failed. */
  readonly digest: string;
  /** Code of its last fault. */
  readonly because: string;
  /** Faults in a row. */
  readonly failures: number;
  /** Milliseconds since the epoch; null when it is closed. */
  readonly openedAt: number | null;
  readonly openMs: number;
}

/** By plugin id. A file that is not there or makes no sense counts as none: circuits then begin closed. */
export function readCircuits(file: string): Record<string, KeptCircuit> {
  try {
    const kept: Record<string, KeptCircuit> = JSON.parse(readFileSync(file, 'utf8'));
    return Object.fromEntries(Object.entries(kept).filter(([, circuit]) => isWhole(circuit)));
  } catch {
    return {};
  }
}

function isWhole({ digest, because, failures, openedAt, openMs }: KeptCircuit): boolean {
  return (
    typeof digest === 'string' &&
    typeof because === 'string' &&
    Number.isSafeInteger(failures) &&
    (openedAt === null || Number.isSafeInteger(openedAt)) &&
    Number.isSafeInteger(openMs)
  );
}
