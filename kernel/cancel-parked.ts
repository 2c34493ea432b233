// Cancels a task that waits, where no kernel runs: takes the writer's lock for as long as that takes.

import { fault } from '../contracts/errors.ts';
import { openLedger } from '../ledger/writer.ts';
import { newAudit } from './audit/audit.ts';
import { type Home, makeFolders } from './home.ts';
import type { Settled } from './journey/journey.ts';
import { startJourney } from './journey/so-far.ts';
import { appendLateResult } from './queue/results.ts';
import type { Cancelled } from './queue/schedule.ts';
import { openWaitingRoom } from './queue/waiting.ts';

/** Throws HOME_BUSY when a kernel runs after all. */
export async function cancelParked(home: Home, id: string): Promise<Cancelled> {
  makeFolders(home);
  const ledger = await openLedger(home.ledger);
  try {
    const waiting = openWaitingRoom(home.waiting);
    const parked = waiting.get(id);
    if (!parked) return 'not found';
    const journey = startJourney(parked.line, parked.soFar);
    journey.error = fault('CANCELLED', { detail: ' before it ran' });
    // No plugin is named in the entry, so neither isolation nor policies are.
    await newAudit(ledger, { isolation: 'process', policies: '' }, () => undefined).outcome(journey, 'cancelled');
    await appendLateResult(home, parked.line, journey.settled as Settled);
    waiting.leave(parked.line);
    waiting.forget(parked.line);
    return 'cancelled';
  } finally {
    await ledger.close();
  }
}
