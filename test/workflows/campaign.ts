// Kernels killed in the middle of workflows with compensation, and what stands when all is over.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { TaskBody } from '../../contracts/generated/ledger.v1.ts';
import { crashPoints, workflowCrashPoints } from '../../kernel/crash-point.ts';
import { openReader } from '../../ledger/reader.ts';
import { newRandom } from '../crash/random.ts';
import { type TemporaryHome, temporaryHome } from '../temporary-home.ts';
import { writeBooker } from '../workflow-plugins.ts';
import { type Ending, endings, tripDiagram, tripFaults, tripSource } from './trips.ts';

export interface CampaignReport {
  readonly kills: number;
  readonly runs: Record<Ending, number>;
  /** Entries of steps and compensations. */
  readonly steps: number;
  readonly faults: readonly string[];
  readonly verified: boolean;
}

interface Trip {
  readonly id: string;
  readonly ending: Ending;
  readonly workspace: string;
}

/** Runs under way at a time. */
const tripsAtOnce = 6;
/** From when it says that it has started. */
const longestLifeMs = 2_000;
const longestStartMs = 600;

export async function runCampaign(kills: number, seed: number): Promise<CampaignReport> {
  const at = temporaryHome({ isolation: 'process' });
  const random = newRandom(seed);
  const trips: Trip[] = [];
  try {
    writeBooker(at);
    keepTrips(at);
    let killed = 0;
    while (killed < kills) {
      await beginTrips(at, trips);
      if (await liveAndDie()) killed += 1;
    }
    const { status, stderr } = await at.program('start', '--once');
    const ended = status === 0 || status === 1 ? [] : [`the last kernel ended with ${status}: ${stderr}`];
    const { status: verified } = await at.program('ledger', 'verify');
    const { steps, faults } = examine(at, trips);
    const count = (ending: Ending) => trips.filter((trip) => trip.ending === ending).length;
    return {
      kills: killed,
      runs: Object.fromEntries(endings.map((ending) => [ending, count(ending)])) as CampaignReport['runs'],
      steps,
      faults: [...ended, ...faults],
      verified: verified === 0 || verified === 3,
    };
  } finally {
    at.remove();
  }

  /** Whether it was killed, and did not stop by itself. */
  async function liveAndDie(): Promise<boolean> {
    const atPoint = random.next() < 0.6;
    const points = random.next() < 0.5 ? workflowCrashPoints : crashPoints;
    if (atPoint) process.env.ARBITER_CRASH_POINT = `${random.pick(points)}:${random.between(1, 6)}`;
    const kernel = at.begin('start');
    delete process.env.ARBITER_CRASH_POINT;
    kernel.stdout?.on('data', () => undefined);
    kernel.stderr?.resume();
    const over = new AbortController();
    const dead = once(kernel, 'exit').finally(() => over.abort());
    const stop = { signal: over.signal };
    // One in six dies while it starts or recovers, the others at work.
    const early = !atPoint && random.next() < 0.4;
    if (!early) await once(kernel.stdout as Readable, 'data', stop).catch(() => undefined);
    const lifeMs = atPoint ? longestLifeMs : random.between(0, early ? longestStartMs : longestLifeMs);
    await delay(lifeMs, undefined, stop).catch(() => undefined);
    kernel.kill('SIGKILL');
    const [, signal] = await dead;
    return signal === 'SIGKILL';
  }
}

function keepTrips(at: TemporaryHome): void {
  const folder = join(at.home.process, 'workflows');
  mkdirSync(folder, { recursive: true });
  for (const ending of endings) {
    writeFileSync(join(folder, `${fileOf(ending)}.yaml`), tripSource(ending));
    writeFileSync(join(folder, `${fileOf(ending)}-drawn.bpmn`), tripDiagram(ending));
  }
}

function fileOf(ending: Ending): string {
  return ending.replace(' ', '-');
}

async function beginTrips(at: TemporaryHome, trips: Trip[]): Promise<void> {
  const over = outcomesIn(at);
  for (let open = trips.filter(({ id }) => !over.has(id)).length; open < tripsAtOnce; open += 1) {
    const id = `trip-${trips.length}`;
    const ending = endings[trips.length % endings.length] as Ending;
    const trip = { id, ending, workspace: at.folder(id) };
    // Every other one of each ending is drawn.
    const drawn = Math.floor(trips.length / endings.length) % 2 === 1 ? '-drawn' : '';
    trips.push(trip);
    const { status, stderr } = await at.program(
      ...['workflow', 'run', `${fileOf(ending)}${drawn}`, '--id', id, '--workspace', trip.workspace],
    );
    if (status !== 0) throw new Error(stderr);
  }
}

/** The outcomes of every task, in order. */
function outcomesIn(at: TemporaryHome): Map<string, TaskBody[]> {
  const outcomes = new Map<string, TaskBody[]>();
  let reader: ReturnType<typeof openReader>;
  try {
    reader = openReader(at.home.ledger);
  } catch {
    return outcomes;
  }
  for (const { kind, taskKey, body } of reader.after(0, 1_000_000))
    if (kind === 'task') outcomes.set(taskKey, [...(outcomes.get(taskKey) ?? []), body as TaskBody]);
  reader.close();
  return outcomes;
}

function examine(at: TemporaryHome, trips: readonly Trip[]): { steps: number; faults: string[] } {
  const outcomes = outcomesIn(at);
  const faults = trips.flatMap(({ id, ending, workspace }) => {
    const report = outcomes.get(id)?.[0]?.result?.output as { status?: string } | undefined;
    const wrong = report?.status === ending ? [] : [`${id} ended ${report?.status} instead of ${ending}`];
    return [...wrong, ...tripFaults(workspace, ending)];
  });
  for (const [id, { length }] of outcomes) if (length !== 1) faults.push(`${id} has ${length} outcomes`);
  return { steps: [...outcomes.keys()].filter((id) => id.includes('/')).length, faults };
}
