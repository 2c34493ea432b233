// Which ledger a command is about.
import { existsSync } from 'node:fs';
import { fault } from '../../contracts/errors.ts';
import type { Home } from '../../kernel/home.ts';
import { readSettings } from '../../kernel/settings.ts';

/** The path of the home's ledger. Throws LEDGER_UNUSABLE where there is none. */
export function existingLedger(home: Home): string {
  if (!existsSync(home.ledger)) throw fault('LEDGER_UNUSABLE', { path: home.ledger, detail: 'there is none yet' });
  return home.ledger;
}

/** The files that arbiter.yaml has checkpoints published to. */
export function publishTargets(home: Home): readonly string[] {
  return readSettings(home).publish;
}
