// Replay: runs a recorded task again, on a copy of what it stood on, through the same boxes and tables, and compares the
// entry that would be written with the one that was. Nothing is kept, sent, asked for or written down.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { Outcome, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import { canonical } from '../../ledger/canonical.ts';
import { digestOf } from '../../ledger/digest.ts';
import { openReader, type StoredEntry } from '../../ledger/reader.ts';
import { kernelTools } from '../../process/workflows/kernel-tools.ts';
import { type Circumstances, taskBody } from '../audit/entry.ts';
import { newPastOutcome } from '../audit/past-outcome.ts';
import { findTask } from '../commands/find-task.ts';
import { equip } from '../equipment.ts';
import { type Home, makeFolders } from '../home.ts';
import { newHost } from '../host/host.ts';
import { newAfterFailure } from '../journey/after-failure.ts';
import { newAskPolicies } from '../journey/ask-policies.ts';
import { newChoosePlugin } from '../journey/choose-plugin.ts';
import { newDecide } from '../journey/decide.ts';
import { newExecute } from '../journey/execute.ts';
import { newAskFallback, newFallBack } from '../journey/fall-back.ts';
import { type Journey, newJourney, type Step, type TaskLine } from '../journey/journey.ts';
import { newLoadPlugin } from '../journey/load-plugin.ts';
import { newPlan } from '../journey/plan.ts';
import { gateFailure } from '../journey/rollback.ts';
import { newRunGates } from '../journey/run-gates.ts';
import { newRunJourney } from '../journey/run-journey.ts';
import { newValidate } from '../journey/validate.ts';
import { newVerify } from '../journey/verify.ts';
import type { Breakers } from '../safety/circuit-breaker.ts';
import { newEffectStore } from '../safety/effect-store.ts';
import { newPrivateCopies } from '../safety/private-copy.ts';
import { removeTree } from '../safety/remove-tree.ts';
import { stopTreeState } from '../safety/tree-state.ts';
import { newGrants } from '../safety/workspace.ts';
import { readSettings } from '../settings.ts';
import { type Difference, differences } from './differences.ts';
import { rebuiltCopies } from './rebuild.ts';

export interface Replay {
  readonly id: string;
  readonly entry: number;
  readonly recorded: string;
  /** `sha256:<hex>` of the body that would be written now. */
  readonly replayed: string;
  readonly differences: readonly Difference[];
}

type TaskEntry = StoredEntry<TaskBody>;

/** Runs what `id`, a task or the number of an entry, stands for. Throws TASK_NOT_FOUND or NOT_REPLAYABLE. */
export async function replay(home: Home, id: string): Promise<Replay> {
  const settings = readSettings(home);
  makeFolders(home);
  const reader = openReader(home.ledger);
  const scratch = join(home.run, `replay-${process.pid}`);
  const { policies, allowed, limits, tables, diagram, diagramFile, plugins, sandbox } = await equip(home, settings);
  const { boxer } = sandbox;
  const host = newHost({ boxer, limitsOf: limits, network: 'closed', graceMs: settings.graceMs });
  try {
    const entry = findEntry(reader.entriesOf, findTask(reader, id, home.path));
    const store = newEffectStore(home.effects);
    const [copiesAt, bases] = [join(scratch, 'copies'), join(scratch, 'bases')];
    for (const folder of [copiesAt, bases]) await mkdir(folder, { recursive: true });
    const layered = boxer.level !== 'process';
    const copies = newPrivateCopies({ copies: copiesAt, bases, user: host.user, layered });
    const decide = newDecide(tables);
    const choosePlugin = newChoosePlugin(plugins, decide);
    const askPolicies = newAskPolicies(allowed, boxer.level);
    let body: TaskBody | undefined;
    const ended =
      (outcome: (journey: Journey) => Outcome): Step =>
      async (journey) => {
        await journey.copy?.discard();
        body = taskBody(journey, outcome(journey), circumstances);
      };
    const circumstances: Circumstances = { isolation: boxer.level, policies: policies.digest };
    const run = newRunJourney(
      diagram,
      {
        steps: {
          plan: newPlan(choosePlugin),
          acquire: async () => undefined,
          validate: newValidate(newGrants(settings.workspaces, home.path), askPolicies),
          'load-plugin': newLoadPlugin(alwaysAdmitting),
          execute: newExecute(host, limits, rebuiltCopies(copies, entry.body.effects, store, scratch)),
          verify: newVerify(
            decide,
            askPolicies,
            newRunGates({ tables, plugins, host, breakers: alwaysAdmitting, limitsOf: limits }),
          ),
          'commit-ledger': ended(({ line }) => (line.task.whatIf ? 'planned' : 'done')),
          'fall-back': newFallBack({ choosePlugin, ledger: reader, pastOutcome: newPastOutcome(store) }),
          reject: ended(() => 'rejected'),
          async rollback(journey) {
            journey.error ??= gateFailure(journey);
            await ended(() => (journey.error?.code === 'CANCELLED' ? 'cancelled' : 'failed'))(journey);
          },
          quarantine: ended(() => 'quarantined'),
        },
        decide,
        afterFailure: newAfterFailure(decide, limits),
        askFallback: newAskFallback(decide),
        rest: async () => undefined,
        // What waits for an approval is recorded as done when it comes.
        park: ended(() => 'done'),
      },
      diagramFile,
    );
    const journey = newJourney(lineOf(entry), `${entry.envelope.traceparent ?? ''}`);
    await run(journey);
    if (journey.error?.code === 'NOT_REPLAYABLE') throw journey.error;
    demandSilent(journey);
    const replayed = body as TaskBody;
    return {
      ...{ id: entry.taskKey, entry: entry.seq, recorded: entry.bodyHash, replayed: digestOf(canonical(replayed)) },
      differences: differences(entry.body, JSON.parse(canonical(replayed))),
    };
  } finally {
    await host.stop(settings.graceMs);
    await allowed.close();
    await stopTreeState();
    reader.close();
    await removeTree(scratch);
  }
}

/** The outcome that a plugin brought about: of a plan that was applied, the plan. */
function findEntry(entriesOf: (taskKey: string) => StoredEntry[], entries: readonly StoredEntry[]): TaskEntry {
  const outcomes = entries.filter((entry): entry is TaskEntry => entry.body.kind === 'task');
  const last = outcomes.at(-1);
  const no = (detail: string) => fault('NOT_REPLAYABLE', { detail });
  if (!last) throw no('it has no outcome yet');
  if (last.body.applies) {
    const plan = entriesOf(last.taskKey).find(({ bodyHash }) => bodyHash === last.body.applies);
    if (plan) return plan as TaskEntry;
  }
  const { task, rollsBack, outcome } = last.body;
  if (last.redacted) throw no(`its content was removed by entry ${last.redacted.by}`);
  if (rollsBack) throw no('it is a rollback, which runs nothing');
  if (!task) throw no('its line was no task');
  if (kernelTools.includes(`${task.tool}`))
    throw no('the kernel answered to it itself; of a workflow, the steps can be run again, each by its own id');
  if (outcome === 'cancelled') throw no('it was cancelled, and nobody cancels it now');
  const asked = (last.envelope.network ?? []).filter(({ verdict }) => verdict === 'allowed');
  if (asked[0]) throw no(`it asked ${asked[0].host}:${asked[0].port}, whose answers are not recorded`);
  return last;
}

/** What a host answered then is not recorded, and nothing is asked now. */
function demandSilent({ network }: Journey): void {
  const [asked] = network;
  if (asked)
    throw fault('NOT_REPLAYABLE', { detail: `it asks ${asked.host}:${asked.port}, whose answers are not recorded` });
}

function lineOf({ taskKey, body, envelope }: TaskEntry): TaskLine {
  const { claim = '', file = '', line = 1 } = envelope.source ?? {};
  const claimedAt = envelope.claimedAt ?? envelope.time;
  const task = { ...body.task } as unknown as Task;
  return { source: { claim, file, line, claimedAt }, task, id: taskKey, digest: body.taskDigest };
}

/** What a plugin did before counts for nothing here, and what it does now counts for nothing later. */
const alwaysAdmitting: Breakers = { admit: () => ({ circuit: undefined, attempt: { end: () => undefined } }) };
