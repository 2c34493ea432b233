// Puts something that a command did into the home's ledger: by the kernel that runs there, else with the writer's lock.
import { newAudit } from '../kernel/audit/audit.ts';
import { ask, type RecordCommand } from '../kernel/control.ts';
import { type Home, makeFolders } from '../kernel/home.ts';
import { readSettings } from '../kernel/settings.ts';
import { openLedger } from '../ledger/writer.ts';
import { userName } from './user-name.ts';

/** Throws HOME_BUSY where a command holds the ledger, and LEDGER_UNUSABLE. */
export async function recordEvent(home: Home, event: RecordCommand['event'], about: object): Promise<void> {
  const facts = { ...about, actor: userName() };
  if ((await ask(home.socket, { command: 'record', event, facts })) !== null) return;
  makeFolders(home);
  const writer = await openLedger(home.ledger, readSettings(home).publish);
  try {
    // No task is recorded here, so neither isolation nor policies are.
    await newAudit(writer, { isolation: 'process', policies: '' }, () => undefined).kernel(event, facts);
  } finally {
    await writer.close();
  }
}
