// Runs every case at one level and judges it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { homeAt, makeFolders } from '../../kernel/home.ts';
import { type Case, groups, type Level, type Verdict } from './case.ts';
import { allCases, type GroupedCase } from './cases/all.ts';
import { bundlePlugin, pluginOf, writePlugin } from './hostile-plugins.ts';
import { judge, judgeSpoilt } from './judge.ts';
import { removeLeftSegments } from './left-segments.ts';
import { processesOf, type Run, runKernel } from './run-kernel.ts';
import { addLinkOut, makeWorld, type World, writeSettings } from './world.ts';

export interface LevelResult {
  readonly level: Level;
  /** What built the boxes. */
  readonly by: string;
  readonly verdicts: readonly Verdict[];
  readonly seconds: number;
}

/** The level cannot be had on this machine; the message says what is missing. */
export class LevelMissing extends Error {
  override readonly name = 'LevelMissing';
}

const limitMs = 400_000;
const spoiltLimitMs = 100_000;
const atATime = 4;
/** The floods together are more. */
const mostMemoryMb = 512;

const categories: readonly PluginSpec['category'][] = [
  'acquisition',
  'transformation',
  'state-change',
  'validation',
  'orchestration',
];
const control = 'do nothing';

interface Planned {
  readonly one: GroupedCase;
  readonly id: string;
  readonly plugin: string;
  readonly workspace: string | null;
}

/**
 * Runs every case, or those that `isTried`. Throws LevelMissing when the level cannot be had, and an error when a box does
 * not work at all.
 */
export async function runLevel(
  level: Level,
  isTried: (one: GroupedCase) => boolean = () => true,
): Promise<LevelResult> {
  const tried = allCases.filter(isTried);
  const begun = Date.now();
  const bundle = await bundlePlugin();
  const world = await makeWorld();
  try {
    const { by, verdicts } = await runAll(level, tried, world, bundle);
    const spoilt = await runSpoilt(level, tried, world, bundle);
    const seconds = Math.round((Date.now() - begun) / 100) / 10;
    return { level, by, verdicts: [...verdicts, ...spoilt].sort(byGroup), seconds };
  } finally {
    removeLeftSegments();
    await world.remove();
  }
}

async function runAll(
  level: Level,
  tried: readonly GroupedCase[],
  world: World,
  bundle: string,
): Promise<{ by: string; verdicts: Verdict[] }> {
  const { token } = world.facts;
  const shared = world.workspace('shared', 'folder');
  addLinkOut(shared);
  const planned = tried.filter(({ spoil }) => !spoil).map((one, index) => plan(one, `${token}-${index}`));
  const controls = categories.map((category) =>
    plan({ ...controlCase(category), group: 'start-up' }, `${token}-control-${category}`),
  );
  // Those that are waited for longest come last in the list, and first here.
  const all = [...controls, ...planned.toReversed()];
  for (const [plugin, { one }] of new Map(all.map((task) => [task.plugin, task])))
    writePlugin(world.home.plugins, one, plugin, bundle);

  const afterLoad = planned.flatMap(({ one, plugin }) =>
    one.changedAfterLoad === undefined
      ? []
      : [{ file: join(world.home.plugins, plugin, 'plugin.mjs'), content: one.changedAfterLoad }],
  );
  const tasks = (kernelPid: number) => all.map((task) => taskOf(task, world, kernelPid));
  const run = await runKernel(world, world.home, { level, afterLoad }, tasks, limitMs);
  if (run.unavailable !== null) throw new LevelMissing(run.unavailable);
  if (!run.started) throw new Error(`The kernel did not start: ${run.stderr}`);
  if (run.started.isolation !== level)
    throw new LevelMissing(`The kernel runs at ${run.started.isolation} by ${run.started.by} here.`);
  for (const { id } of controls) demandWorking(run, id);

  const verdicts = planned.map(({ one, id, workspace }) => {
    const left = processesOf(id);
    for (const pid of left) endOwn(pid);
    return judge(one, level, run, id, {
      world,
      marker: id,
      status: run.results.get(id)?.status ?? null,
      workspace,
      outlived: run.outlived.has(id),
      left: left.length > 0,
      heard: world.heard,
    });
  });
  return { by: run.started.by, verdicts: [...verdicts, ...verdictsOnKernel(run, world)] };

  function plan(one: GroupedCase, id: string): Planned {
    return { one, id, plugin: pluginOf(one, id), workspace: workspaceOf(one, id) };
  }

  function workspaceOf({ workspace }: Case, id: string): string | null {
    if (workspace === 'shared folder') return shared;
    if (workspace === 'around the home') return world.place;
    return workspace === undefined ? null : world.workspace(id, workspace);
  }
}

function controlCase(category: PluginSpec['category']): Case {
  const hasWorkspace = category !== 'transformation' && category !== 'orchestration';
  return { name: control, category, ...(hasWorkspace && { workspace: 'folder' }) };
}

/** A box in which nothing works keeps everything, and proves nothing. */
function demandWorking(run: Run, id: string): void {
  const { status, output, message } = run.results.get(id) ?? {};
  if (status === 'done' && (output as { outcome: string }).outcome === 'contained') return;
  const detail = message ?? JSON.stringify(output) ?? (run.stderr || 'no result');
  throw new Error(`The control ${id} failed, so nothing was shown: ${detail}`);
}

function taskOf({ one, id, plugin, workspace }: Planned, world: World, kernelPid: number): object {
  return {
    id,
    tool: plugin,
    input: { attack: one.attack ?? one.name, marker: id, facts: { ...world.facts, kernelPid } },
    retry: { maxAttempts: 1 },
    ...(workspace !== null && { workspace }),
    ...(one.whatIf && { whatIf: true }),
    ...(one.timeoutMs !== undefined && { timeoutMs: one.timeoutMs }),
  };
}

function endOwn(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

/** What all attacks together did to the kernel. */
function verdictsOnKernel({ peakMb, stderr }: Run, { home }: World): Verdict[] {
  const about = { group: 'protocol', declared: null } as const;
  const alive = peakMb !== null;
  const copies = readdirSync(home.copies).map((name) => readdirSync(join(home.copies, name), { recursive: true })[1]);
  const bounded = alive && peakMb < mostMemoryMb;
  return [
    {
      ...about,
      name: 'end the kernel',
      result: alive ? 'blocked' : 'open',
      detail: alive ? 'it ended by itself' : stderr,
    },
    {
      ...about,
      name: 'make the kernel take more and more memory',
      result: bounded ? 'blocked' : 'open',
      detail: `at most ${peakMb ?? '?'} MB, ${mostMemoryMb} are allowed`,
    },
    {
      ...about,
      name: 'make the kernel leave private copies',
      result: copies.length === 0 ? 'blocked' : 'open',
      detail: `left: ${copies.join(', ') || 'none'}`,
    },
  ];
}

/** Each of these may keep a kernel from starting at all, so each has one of its own. */
async function runSpoilt(
  level: Level,
  tried: readonly GroupedCase[],
  world: World,
  bundle: string,
): Promise<Verdict[]> {
  const cases = tried.filter(({ spoil }) => spoil);
  const verdicts: Verdict[] = [];
  for (let start = 0; start < cases.length; start += atATime)
    verdicts.push(
      ...(await Promise.all(cases.slice(start, start + atATime).map((one, side) => runOne(one, `${start + side}`)))),
    );
  return verdicts;

  async function runOne(one: GroupedCase, number: string): Promise<Verdict> {
    const home = homeAt(join(world.place, `home-${number}`));
    makeFolders(home);
    writeSettings(home);
    const id = `${world.facts.token}-spoilt-${number}`;
    const beside = `${id}-beside`;
    const folder = writePlugin(home.plugins, one, id, bundle);
    writePlugin(home.plugins, { name: control }, beside, bundle);
    one.spoil?.(folder, world);
    const tasks = (kernelPid: number) =>
      [id, beside].map((plugin) =>
        taskOf({ one: { ...one, attack: control }, id: plugin, plugin, workspace: null }, world, kernelPid),
      );
    return judgeSpoilt(one, await runKernel(world, home, { level, afterLoad: [] }, tasks, spoiltLimitMs), id, beside);
  }
}

function byGroup(one: Verdict, other: Verdict): number {
  return groups.indexOf(one.group) - groups.indexOf(other.group);
}
