// Wires the parts, starts them in written order, stops them in reverse. Nothing else knows that the queue is folders and
// the ledger SQLite.
import { rmSync } from 'node:fs';
import { fault } from '../contracts/errors.ts';
import type { Settings } from '../contracts/generated/settings.v1.ts';
import { openReader } from '../ledger/reader.ts';
import { openLedger } from '../ledger/writer.ts';
import { kernelTools } from '../process/workflows/kernel-tools.ts';
import { newAudit } from './audit/audit.ts';
import { newPastOutcome } from './audit/past-outcome.ts';
import { newAskAgain } from './commands/ask-again.ts';
import { newCommands } from './commands/commands.ts';
import { type Command, listen } from './control.ts';
import { equip } from './equipment.ts';
import type { KernelEvent, Summary } from './events.ts';
import { type Home, makeFolders } from './home.ts';
import { newHost } from './host/host.ts';
import { defaultProcesses } from './host/pool.ts';
import { profiles } from './host/profiles.ts';
import { newAcquire } from './journey/acquire.ts';
import { newAfterFailure } from './journey/after-failure.ts';
import { newAskPolicies } from './journey/ask-policies.ts';
import { newChoosePlugin } from './journey/choose-plugin.ts';
import { keepForLater, newCommitLedger } from './journey/commit-ledger.ts';
import { newDecide } from './journey/decide.ts';
import { newExecute } from './journey/execute.ts';
import { newAskFallback, newFallBack } from './journey/fall-back.ts';
import type { Journey } from './journey/journey.ts';
import { newLoadPlugin } from './journey/load-plugin.ts';
import { newPlan } from './journey/plan.ts';
import { newQuarantine } from './journey/quarantine.ts';
import { newReject } from './journey/reject.ts';
import { newRollback } from './journey/rollback.ts';
import { newRunGates } from './journey/run-gates.ts';
import { newRunJourney } from './journey/run-journey.ts';
import { soFar } from './journey/so-far.ts';
import { newValidate } from './journey/validate.ts';
import { newVerify } from './journey/verify.ts';
import { withinCircuit } from './journey/within-circuit.ts';
import { newOutbox } from './outbox/outbox.ts';
import { newSendRequest } from './outbox/send-request.ts';
import { openInbox } from './queue/inbox.ts';
import { newIntake } from './queue/intake.ts';
import { newSchedule } from './queue/schedule.ts';
import { submitTo } from './queue/submit.ts';
import { openWaitingRoom, type Parked } from './queue/waiting.ts';
import { newBreakers } from './safety/circuit-breaker.ts';
import { newEffectStore } from './safety/effect-store.ts';
import { startHeartbeat } from './safety/heartbeat.ts';
import { newKeyedLock } from './safety/keyed-lock.ts';
import { newPrivateCopies } from './safety/private-copy.ts';
import { foundSomething, recover } from './safety/recover.ts';
import { stopTreeState } from './safety/tree-state.ts';
import { newGrants } from './safety/workspace.ts';
import { readSettings } from './settings.ts';
import { stopFileIsThere, watchStopFile } from './stop-file.ts';
import { kernelVersion } from './version.ts';
import { newRunKernelTask } from './workflows/kernel-task.ts';
import { newRunWorkflow } from './workflows/run-workflow.ts';
import { newUnderWay } from './workflows/under-way.ts';

export interface KernelOptions {
  readonly home: Home;
  /** Instead of the settings' own. */
  readonly isolation?: NonNullable<Settings['isolation']>;
  /** Ends when everything that can run now has run. */
  readonly once: boolean;
  readonly onEvent: (event: KernelEvent) => void;
}

export interface Kernel {
  /** Resolves when the kernel has stopped. */
  readonly ended: Promise<Summary>;
  /** Starts nothing more, lets what runs end, stops. */
  stop(): Promise<void>;
  /** Kills what runs; the lines stay claimed and run again after a restart. */
  kill(): Promise<void>;
}

/** Starts a kernel on `home`. Rejects with the catalogue error that says why it cannot run. */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  const stack: (() => Promise<void>)[] = [];
  try {
    return await start(options, (stop) => stack.push(stop));
  } catch (error) {
    for (const stop of stack.reverse()) await stop();
    throw error;
  }
}

/** `onFailure` takes what has to be stopped when a later part cannot start. */
async function start(
  { home, isolation, once, onEvent }: KernelOptions,
  onFailure: (stop: () => Promise<void>) => void,
): Promise<Kernel> {
  const settings = readSettings(home);
  if (stopFileIsThere(home.stop)) throw fault('HOME_STOPPED', { file: home.stop });
  makeFolders(home);
  const equipment = await equip(home, settings, isolation);
  const { policies, allowed, limits, tables, diagram, diagramFile, plugins, sandbox } = equipment;
  const { boxer, probes, provenAt } = sandbox;

  const ledger = await openLedger(home.ledger, settings.publish);
  onFailure(() => ledger.close());
  const reader = openReader(home.ledger);
  const store = newEffectStore(home.effects);
  const pastOutcome = newPastOutcome(store);
  const audit = newAudit(ledger, { isolation: boxer.level, policies: policies.digest }, (content) =>
    store.put(content),
  );
  await audit.kernel('started', {
    isolation: boxer.level,
    by: boxer.by,
    probes: probes.map(({ name, contained }) => ({ name, contained })),
    provenAt,
    policies: policies.digest,
    tables: [...tables.tables.values()].map(({ source }) => ({ id: source.id, version: source.version })),
    plugins: [...plugins.byId.values()].map(({ spec, digest }) => ({ id: spec.id, version: spec.version, digest })),
  });
  const outside = { store, outbox: newOutbox(newSendRequest(settings.network), store), submit: submitTo(home) };
  const recovery = await recover(reader, audit, outside, home);
  if (foundSomething(recovery)) await audit.kernel('recovered', { ...recovery });

  const host = newHost({
    boxer,
    limitsOf: limits,
    network: settings.network,
    waysOut: home.waysOut,
    graceMs: settings.graceMs,
  });
  const layered = boxer.level !== 'process';
  const copies = newPrivateCopies({ copies: home.copies, bases: home.bases, user: host.user, layered });
  const decide = newDecide(tables);
  const choosePlugin = newChoosePlugin(plugins, decide);
  const breakers = newBreakers(home.circuits, settings.circuitOf);
  const askPolicies = newAskPolicies(allowed, boxer.level);
  const reject = newReject(audit);
  const rollback = newRollback(audit);
  const grants = newGrants(settings.workspaces, home.path);
  const oneAtATime = newKeyedLock();
  const runJourney = newRunJourney(
    diagram,
    {
      steps: {
        plan: newPlan(choosePlugin),
        acquire: newAcquire(reader, pastOutcome),
        validate: newValidate(grants, askPolicies),
        'load-plugin': newLoadPlugin(breakers),
        execute: withinCircuit(newExecute(host, limits, copies)),
        verify: newVerify(decide, askPolicies, newRunGates({ tables, plugins, host, breakers, limitsOf: limits })),
        'commit-ledger': newCommitLedger({ audit, oneAtATime, ...outside }),
        reject,
        rollback,
        'fall-back': newFallBack({ choosePlugin, ledger: reader, pastOutcome }),
        quarantine: newQuarantine(audit, home.quarantine),
      },
      decide,
      afterFailure: newAfterFailure(decide, limits),
      askFallback: newAskFallback(decide),
      rest: (journey, delayMs) => schedule.rest(journey, delayMs),
      park: (journey, at) => parkForApproval(journey, at),
    },
    diagramFile,
  );

  const waiting = openWaitingRoom(home.waiting);
  const runKernelTask = newRunKernelTask({
    ...{ audit, decide, reject, rollback, park: parkForApproval },
    hasTable: (id) => tables.has(id),
    acquire: newAcquire(reader, pastOutcome),
    runWorkflow: newRunWorkflow({
      ...{ plugins, ledger: reader, audit, pastOutcome, waiting, underWay: newUnderWay(home, waiting) },
      ...{ tables: [...tables.tables.keys()], lineBytes: settings.queue.lineBytes },
    }),
  });
  const schedule = newSchedule({
    ledger: reader,
    waiting,
    concurrency: settings.concurrency,
    laneOf: ({ task }) => plugins.ownerOf(task.tool ?? '') ?? '',
    capacityOf(lane) {
      const spec = plugins.byId.get(lane)?.spec;
      if (!spec) return settings.concurrency;
      const processes = Math.min(spec.concurrency?.processes ?? defaultProcesses, defaultProcesses);
      return profiles[spec.category].reuse === 'any task' ? processes * (spec.concurrency?.pipeline ?? 1) : processes;
    },
    run: (journey) =>
      kernelTools.includes(journey.line.task.tool ?? '') ? runKernelTask(journey) : runJourney(journey),
    refuse: (journey, outcome) => (outcome === 'cancelled' ? rollback(journey) : reject(journey)),
    onSettled: (line, settled) => intake.settled(line, settled),
    onParked: (parked) => intake.parked(parked),
    onResting: () => intake.resting(),
    onReleased: (line, error) => intake.released(line, error),
  });
  const inbox = openInbox(home, settings.queue.rescanMs);
  const intake = newIntake({
    home,
    audit,
    ledger: reader,
    pastOutcome,
    waiting,
    schedule,
    inbox,
    queue: settings.queue,
    once,
    onEvent,
  });

  const perTask = newKeyedLock();
  const commands = newCommands({
    ...{ homePath: home.path, ledger: reader, audit, pastOutcome, ...outside, grants, copies: home.copies, waiting },
    askAgain: newAskAgain(allowed, policies.digest, store),
    ...{ oneAtATime, perTask, onSettled: schedule.settle, goOn: schedule.goOn },
  });

  /** What has run waits with what it would change; what has not goes on from its start when it is let through. */
  async function parkForApproval(journey: Journey, at: string): Promise<void> {
    const { copy, line } = journey;
    const hasRun = journey.output !== undefined;
    if (hasRun) keepForLater(journey, store);
    const parked: Parked = hasRun
      ? { line, waitsFor: { kind: 'approval' }, draft: audit.draft(journey) }
      : { line, waitsFor: { kind: 'approval', at }, soFar: { ...soFar(journey), attempt: journey.attempt } };
    await copy?.discard();
    waiting.park(parked);
  }

  async function answer(command: Command): Promise<unknown> {
    switch (command.command) {
      case 'status':
        return {
          pid: process.pid,
          version: kernelVersion,
          isolation: boxer.level,
          running: schedule.running.map(({ line, path, startedAt }) => ({
            id: line.id,
            tool: line.task.tool ?? null,
            box: path.at(-1) ?? null,
            sinceMs: Date.now() - startedAt,
          })),
          ready: schedule.ready,
          waiting: waiting.size,
        };
      case 'cancel':
        // Not while somebody approves it.
        return perTask(command.id, () => schedule.cancel(command.id));
      case 'stop':
        void stop();
        return 'stopping';
      case 'record':
        await audit.kernel(command.event, command.facts);
        return 'recorded';
      case 'apply':
      case 'approve':
      case 'reject':
      case 'rollback':
        return commands.run(command);
      default:
        throw new Error(`There is no command ${JSON.stringify(command)}.`);
    }
  }

  const control = await listen(home.socket, answer);
  onEvent({
    kind: 'started',
    isolation: boxer.level,
    by: boxer.by,
    recovery,
    refused: plugins.refused.map(({ error }) => error),
    warnings: [...plugins.byId.values()].flatMap(({ warnings }) => warnings),
  });
  intake.start();
  const counts = () => ({ running: schedule.running.length, ready: schedule.ready, waiting: waiting.size });
  const endHeartbeat = startHeartbeat(home.heartbeat, counts);
  const endWatch = watchStopFile(home.stop, () => {
    onEvent({ kind: 'stop-file', file: home.stop });
    void stop();
  });

  const ended = intake.ended.finally(async () => {
    endWatch();
    await commands.close();
    await host.stop(settings.graceMs);
    await allowed.close();
    await stopTreeState();
    reader.close();
    await ledger.close();
    endHeartbeat();
    // Last: whoever waits for the kernel to be gone may start another one then.
    control.close();
    rmSync(home.socket, { force: true });
  });

  async function stop(): Promise<void> {
    await commands.close();
    intake.drain();
    await ended;
  }

  return {
    ended,
    stop,
    async kill() {
      intake.drain();
      await host.stop(0);
    },
  };
}
