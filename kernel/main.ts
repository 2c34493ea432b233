// Wires the parts, starts them in written order, stops them in reverse. Nothing else knows that the queue is folders and
// the ledger SQLite.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fault } from '../contracts/errors.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import type { Settings } from '../contracts/generated/settings.v1.ts';
import { openReader } from '../ledger/reader.ts';
import { openLedger } from '../ledger/writer.ts';
import { policiesInForce } from '../policies/in-force.ts';
import { limitsOf, readPerformance } from '../policies/performance.ts';
import { loadDecisions } from '../process/decide.ts';
import { readDiagram } from '../process/read-bpmn.ts';
import { newAudit } from './audit/audit.ts';
import { newPastOutcome } from './audit/past-outcome.ts';
import { newCommands } from './commands/commands.ts';
import { ask, type Command, listen } from './control.ts';
import type { KernelEvent, Summary } from './events.ts';
import { type Home, makeFolders } from './home.ts';
import { newHost } from './host/host.ts';
import { defaultProcesses } from './host/pool.ts';
import { profiles } from './host/profiles.ts';
import { chooseSandbox } from './host/sandbox.ts';
import { newAcquire } from './journey/acquire.ts';
import { newAfterFailure } from './journey/after-failure.ts';
import { newCommitLedger } from './journey/commit-ledger.ts';
import { newDecide } from './journey/decide.ts';
import { newExecute } from './journey/execute.ts';
import type { Journey, Submission } from './journey/journey.ts';
import { newLoadPlugin } from './journey/load-plugin.ts';
import { newPlan } from './journey/plan.ts';
import { newQuarantine } from './journey/quarantine.ts';
import { newReject } from './journey/reject.ts';
import { newRollback } from './journey/rollback.ts';
import { newRunGates } from './journey/run-gates.ts';
import { newRunJourney } from './journey/run-journey.ts';
import { newValidate } from './journey/validate.ts';
import { newVerify } from './journey/verify.ts';
import { withinCircuit } from './journey/within-circuit.ts';
import { findPlugins } from './loader/find-plugins.ts';
import { openInbox } from './queue/inbox.ts';
import { newIntake } from './queue/intake.ts';
import { newSchedule } from './queue/schedule.ts';
import { dropTasks } from './queue/submit.ts';
import { openWaitingRoom, type Parked } from './queue/waiting.ts';
import { newBreakers } from './safety/circuit-breaker.ts';
import { keepContents } from './safety/effect-set.ts';
import { newEffectStore } from './safety/effect-store.ts';
import { startHeartbeat } from './safety/heartbeat.ts';
import { newKeyedLock } from './safety/keyed-lock.ts';
import { newPrivateCopies } from './safety/private-copy.ts';
import { foundSomething, recover } from './safety/recover.ts';
import { stopTreeState } from './safety/tree-state.ts';
import { newGrants } from './safety/workspace.ts';
import { readSettings } from './settings.ts';
import { stopFileIsThere, watchStopFile } from './stop-file.ts';
import { kernelVersion, packageRoot } from './version.ts';

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
  const policies = policiesInForce([fileURLToPath(new URL('policies', packageRoot)), home.policies]);
  const performance = readPerformance(policies.files.get('performance.yml') as string);
  const limits = (spec: PluginSpec) => limitsOf(performance, spec);
  const own = (name: string) => fileURLToPath(new URL(name, packageRoot));
  const tables = await loadDecisions([own('process/decisions.dmn'), join(home.process, 'decisions.dmn')]);
  const diagramFile = firstThere(join(home.process, 'orchestration.bpmn'), own('process/orchestration.bpmn'));
  const diagram = await readDiagram(diagramFile);
  const plugins = findPlugins([own('plugins'), home.plugins], join(home.run, 'plugins'), settings.plugins);
  const { boxer, probes, provenAt } = await chooseSandbox(isolation ?? settings.isolation);

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
  const recovery = await recover(reader, audit, store, home);
  if (foundSomething(recovery)) await audit.kernel('recovered', { ...recovery });

  const host = newHost({ boxer, limitsOf: limits, network: settings.network, graceMs: settings.graceMs });
  const layered = boxer.level !== 'process';
  const copies = newPrivateCopies({ copies: home.copies, bases: home.bases, user: host.user, layered });
  const decide = newDecide(tables);
  const reject = newReject(audit);
  const rollback = newRollback(audit);
  const grants = newGrants(settings.workspaces, home.path);
  const oneAtATime = newKeyedLock();
  const submit = (_parent: string, submissions: readonly Submission[]) =>
    void dropTasks(
      home,
      submissions.map(({ task }) => task),
    );
  const runJourney = newRunJourney(
    diagram,
    {
      steps: {
        plan: newPlan(plugins, decide),
        acquire: newAcquire(reader, pastOutcome),
        validate: newValidate(grants),
        'load-plugin': newLoadPlugin(newBreakers(home.circuits, settings.circuitOf)),
        execute: withinCircuit(newExecute(host, limits, copies)),
        verify: newVerify(decide, newRunGates(tables, plugins, host, limits)),
        'commit-ledger': newCommitLedger({ audit, store, oneAtATime, submit }),
        reject,
        rollback,
        quarantine: newQuarantine(audit, home.quarantine),
      },
      decide,
      afterFailure: newAfterFailure(decide, limits),
      rest: (journey, delayMs) => schedule.rest(journey, delayMs),
      park: (journey) => parkForApproval(journey),
    },
    diagramFile,
  );

  const waiting = openWaitingRoom(home.waiting);
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
    run: runJourney,
    refuse: (journey, outcome) => (outcome === 'cancelled' ? rollback(journey) : reject(journey)),
    onSettled: (line, settled) => intake.settled(line, settled),
    onParked: (parked) => intake.parked(parked),
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
    ...{ homePath: home.path, ledger: reader, audit, pastOutcome, store, grants, copies: home.copies, waiting },
    ...{ oneAtATime, perTask, submit, onSettled: schedule.settle },
  });

  async function parkForApproval(journey: Journey): Promise<void> {
    const { copy, effects, line, submissions } = journey;
    if (copy && effects) keepContents(copy, effects.files, store);
    const parked: Parked = { line, waitsFor: { kind: 'approval' }, draft: { ...audit.draft(journey), submissions } };
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

/** Whether a kernel runs on `home`. */
export async function isRunning(home: Home): Promise<boolean> {
  return (await ask(home.socket, { command: 'status' })) !== null;
}

function firstThere(...paths: readonly string[]): string {
  return paths.find((path) => existsSync(path)) as string;
}
