// Carries out a command where no kernel runs: takes the writer's lock for as long as that takes, and first settles what
// a crash left in the middle, so that nothing is applied twice.
import { openReader } from '../../ledger/reader.ts';
import { openLedger } from '../../ledger/writer.ts';
import { openPolicies } from '../../policies/policies.ts';
import { newAudit } from '../audit/audit.ts';
import { entryOf, newPastOutcome } from '../audit/past-outcome.ts';
import type { EffectCommand } from '../control.ts';
import { type Home, makeFolders } from '../home.ts';
import { homePolicies } from '../home-policies.ts';
import { newOutbox } from '../outbox/outbox.ts';
import { newSendRequest } from '../outbox/send-request.ts';
import { appendLateResult } from '../queue/results.ts';
import { submitTo } from '../queue/submit.ts';
import { openWaitingRoom } from '../queue/waiting.ts';
import { newEffectStore } from '../safety/effect-store.ts';
import { newKeyedLock } from '../safety/keyed-lock.ts';
import { foundSomething, recover } from '../safety/recover.ts';
import { newGrants } from '../safety/workspace.ts';
import { readSettings } from '../settings.ts';
import { newAskAgain } from './ask-again.ts';
import { newCommands } from './commands.ts';
import type { Answer } from './parts.ts';

/** Throws HOME_BUSY when a kernel runs after all, and what the command throws. */
export async function carryOutWithoutKernel(home: Home, command: EffectCommand): Promise<Answer> {
  const settings = readSettings(home);
  makeFolders(home);
  const writer = await openLedger(home.ledger, settings.publish);
  const ledger = openReader(home.ledger);
  try {
    const store = newEffectStore(home.effects);
    const pastOutcome = newPastOutcome(store);
    // No journey is recorded here, so neither isolation nor policies are.
    const audit = newAudit(writer, { isolation: 'process', policies: '' }, () => undefined);
    const outside = { store, outbox: newOutbox(newSendRequest(settings.network), store), submit: submitTo(home) };
    const recovery = await recover(ledger, audit, outside, home);
    if (foundSomething(recovery)) await audit.kernel('recovered', { ...recovery });
    const waiting = openWaitingRoom(home.waiting);
    for (const { line } of [...waiting.all()]) {
      const past = entryOf(ledger, line);
      if (!past) continue;
      await appendLateResult(home, line, pastOutcome(past));
      waiting.leave(line);
      waiting.forget(line);
    }
    const commands = newCommands({
      ...{ homePath: home.path, ledger, audit, pastOutcome, ...outside, copies: home.copies, waiting },
      ...{ oneAtATime: newKeyedLock(), perTask: newKeyedLock() },
      // The next start takes it up.
      goOn: waiting.park,
      grants: newGrants(settings.workspaces, home.path),
      // Only where it is asked: policies that cannot be used are no reason not to roll back.
      async askAgain(body) {
        const { files, digest } = homePolicies(home);
        const policies = await openPolicies(files);
        return newAskAgain(policies, digest, store)(body).finally(() => policies.close());
      },
      async onSettled(line, settled) {
        await appendLateResult(home, line, settled);
        waiting.leave(line);
        waiting.forget(line);
      },
    });
    return await commands.run(command);
  } finally {
    ledger.close();
    await writer.close();
  }
}
