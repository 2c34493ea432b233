// One home under load whose kernel is killed again and again; what must hold is checked after each kill and at the end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { writeHerald } from '../outbox-plugin.ts';
import { temporaryHome } from '../temporary-home.ts';
import { checkDeliveries } from './check-deliveries.ts';
import { type Change, checkFolder, checkRepository } from './check-effects.ts';
import { checkLeftovers, processesOf } from './check-leftovers.ts';
import { checkReplay } from './check-replay.ts';
import { checkResults } from './check-results.ts';
import { type Findings, newFindings } from './findings.ts';
import { writeFlakyPlugin } from './flaky-plugin.ts';
import { type Kill, newKillPlan } from './kill-plan.ts';
import { newLoad, type Submitted } from './load.ts';
import { newOutcomes } from './outcomes.ts';
import { newRandom } from './random.ts';
import { newReceiver } from './receiver.ts';

export interface CampaignResult {
  readonly kills: number;
  readonly tasks: number;
  /** Tasks that had to send a request. */
  readonly said: number;
  /** Entries that were compared with what they give when they are run again. */
  readonly replayed: number;
  readonly findings: Findings;
  /** How often the kernel died where. */
  readonly byPlace: ReadonlyMap<string, number>;
  /** The folder, where something was found and it was kept. */
  readonly kept: string | null;
}

/** A point that is not reached so long after the start is given up, and the kernel dies at that moment. */
const patienceMs = 1500;
/** A kernel that has not started by then never will. */
const longestStartMs = 20_000;
/** More lines than this wait to be settled: nothing but what is cheap is added. */
const mostOpen = 60;
const mostRounds = 30;

/** Kills `kills` times, or until the moment `until`. */
export async function runCampaign(
  kills: number,
  seed: number,
  until = Number.POSITIVE_INFINITY,
): Promise<CampaignResult> {
  const receiver = await newReceiver();
  const at = temporaryHome({ network: { privateHosts: [`localhost:${receiver.port}`] } });
  mkdirSync(join(at.place, 'tmp'));
  writeFlakyPlugin(at.home.plugins);
  writeHerald(at, receiver.port);
  const random = newRandom(seed);
  const plan = newKillPlan(newRandom(seed + 1));
  const load = await newLoad(at, random, receiver.port);
  const findings = newFindings();
  const outcomes = newOutcomes(at.home.ledger, findings);
  const byPlace = new Map<string, number>();

  function start(point: string | null, ...options: string[]): ChildProcess {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      XDG_STATE_HOME: join(at.place, 'state'),
      TMPDIR: join(at.place, 'tmp'),
    };
    delete env.XDG_RUNTIME_DIR;
    return spawn(process.execPath, [at.bin, 'start', '--json', '--home', at.home.path, ...options], {
      env: { ...env, ...(point && { ARBITER_CRASH_POINT: point }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that all of it can be killed.
      detached: true,
    });
  }

  /** A second line with an id has no outcome of its own. */
  const openLines = () =>
    load.submitted.filter(
      ({ id, file, line }) => !outcomes.byLine.has(`${file}:${line}`) && (id === null || !outcomes.tasks.has(id)),
    ).length;

  const changesOf = (wanted: (line: Submitted) => boolean): Change[] => {
    const changes = new Map<string, Change>();
    for (const line of load.submitted) {
      if (line.effect === null || !wanted(line)) continue;
      const key = `${line.id} ${line.text}`;
      const done = outcomes.byLine.get(`${line.file}:${line.line}`)?.outcome === 'done';
      changes.set(key, { line, done: done || (changes.get(key)?.done ?? false) });
    }
    return [...changes.values()];
  };

  function checkFolders(folders: readonly string[], open: boolean): void {
    for (const folder of folders)
      checkFolder(
        folder,
        changesOf(({ effect }) => effect?.path === folder),
        open,
        findings,
      );
  }

  /** Starts a kernel and kills it; gives the place where it died. */
  async function live(kill: Kill): Promise<string> {
    const kernel = start(kill.kind === 'point' ? `${kill.point}:${kill.pass}` : null);
    const ended = once(kernel, 'exit');
    let words = '';
    kernel.stderr?.on('data', (text) => {
      words += text;
    });
    const timer = new AbortController();
    const wait = (ms: number) => delay(ms, undefined, { signal: timer.signal }).catch(() => undefined);
    const dropping = wait(random.between(0, 500)).then(() => {
      if (!timer.signal.aborted && openLines() < mostOpen) load.dropChanges();
    });
    const started = once(kernel.stdout as Readable, 'data');
    kernel.stdout?.resume();
    // One half of the random moments falls into the start, the other into the work.
    if (kill.kind === 'point' || kill.started) await Promise.race([ended, started, wait(longestStartMs)]);
    await Promise.race([ended, wait(kill.kind === 'time' ? kill.afterMs : patienceMs)]);
    const alive = kernel.exitCode === null && kernel.signalCode === null;
    if (alive)
      process.kill(kill.kind === 'time' && kill.whole ? -(kernel.pid as number) : (kernel.pid as number), 'SIGKILL');
    const [code] = await ended;
    timer.abort();
    await dropping;
    if (code !== null) findings.unverified.add(`a kernel ended with ${code}: ${words.slice(0, 600)}`);
    if (alive)
      return kill.kind === 'time' && kill.whole ? 'at a random moment, with its children' : 'at a random moment';
    return kill.kind === 'point' ? kill.point : 'by itself';
  }

  /** Lets kernels run until nothing is open. */
  async function settle(): Promise<void> {
    load.end();
    const isOpen = () =>
      [at.home.inbox, at.home.processing, at.home.waiting].some((path) => readdirSync(path).length > 0);
    for (let round = 0; round < mostRounds && (isOpen() || round < 2); round++) {
      const kernel = start(null, '--once');
      kernel.stdout?.resume();
      let words = '';
      kernel.stderr?.on('data', (text) => {
        words += text;
      });
      const [code] = await once(kernel, 'exit');
      if (code !== 0 && code !== 1)
        findings.unverified.add(`the last kernel ended with ${code}: ${words.slice(0, 600)}`);
      if (isOpen()) await delay(200);
    }
  }

  const first = start(null, '--once');
  first.stdout?.resume();
  first.stderr?.resume();
  await once(first, 'exit');
  let last: Kill | null = null;
  let count = 0;
  for (; count < kills && Date.now() < until; count++) {
    load.dropOthers();
    last = plan.next(last?.kind === 'point' ? last.point : null);
    const place = await live(last);
    byPlace.set(place, (byPlace.get(place) ?? 0) + 1);
    outcomes.readOn();
    checkFolders(load.current, true);
  }
  await settle();
  outcomes.readOn();
  checkFolders(load.folders, false);
  for (const path of load.repositories)
    await checkRepository(
      path,
      changesOf(({ effect }) => effect?.path === path),
      findings,
    );
  const said = checkDeliveries(load.submitted, outcomes, receiver, findings);
  checkResults(at.home.done, load.submitted, outcomes, findings);
  for (let waitedMs = 0; waitedMs < 2000 && processesOf(at.place).length > 0; waitedMs += 100) await delay(100);
  checkLeftovers(at, load.repositories, findings);
  const replayed = await checkReplay(at, random, findings);
  receiver.close();
  const verified = await at.program('ledger', 'verify');
  if (verified.status !== 0)
    findings.unverified.add(`ledger verify: ${verified.status} ${verified.stdout}${verified.stderr}`);

  const wrong = Object.values(findings).some((found: Set<string>) => found.size > 0);
  if (!wrong) at.remove();
  return {
    kills: count,
    tasks: load.submitted.length,
    said,
    replayed,
    findings,
    byPlace,
    kept: wrong ? at.place : null,
  };
}
