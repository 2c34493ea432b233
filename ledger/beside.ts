// The files beside ledger.db: the secret that signs, the keys that verify, the latest checkpoint.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The secret; mode 0600. */
export const secretPath = (ledger: string): string => join(dirname(ledger), 'ledger.key');
/** The verifier keys, one a line, the newest last. */
export const verifierPath = (ledger: string): string => join(dirname(ledger), 'ledger.vkey');
/** The latest checkpoint, as c2sp.org/tlog-tiles names it. */
export const sidecarPath = (ledger: string): string => join(dirname(ledger), 'checkpoint');

/** What beside the ledger says that there is, or was, one. */
export function tracesOfLedger(ledger: string): string[] {
  return [secretPath(ledger), verifierPath(ledger), sidecarPath(ledger)].filter((path) => existsSync(path));
}
