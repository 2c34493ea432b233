// npm run bench:host: what the box costs, each figure beside the same without a box in the same run. Machines are shared
// and noisy: look at the ratios.
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import type { Box, Boxer, Launch } from '../kernel/host/launch/box.ts';
import { chooseSandbox } from '../kernel/host/sandbox.ts';
import { newSpares } from '../kernel/host/spares.ts';
import { type Call, type PluginProcess, startPlugin } from '../kernel/host/talk/plugin-process.ts';
import { newWatchdog } from '../kernel/host/watch/watchdog.ts';
import { loadPlugin } from '../kernel/loader/load-plugin.ts';
import type { LoadedPlugin } from '../kernel/loader/plugin.ts';
import { packageRoot } from '../kernel/version.ts';
import { limitsOf, readPerformance } from '../policies/performance.ts';
import { heading, percentile, print } from './statistics.ts';

const [coldStarts, roundTrips, batches, dispatches] = [40, 30_000, 10, 60];
const place = mkdtempSync(join(tmpdir(), 'arbiter-bench-'));
const own = (path: string) => fileURLToPath(new URL(path, packageRoot));
const policy = readPerformance(own('policies/performance.yml'));
const limits = (spec: PluginSpec) => limitsOf(policy, spec);
const load = (path: string) => loadPlugin(own(path), join(place, 'store'), {});
const watchdog = newWatchdog();
const unheard = { onKernelCall: () => null, onRequest: () => undefined };

/** The program and nothing else. */
function bare({ pluginFolder, entry }: Box): Launch {
  const command = [process.execPath, join(pluginFolder, entry.file)];
  return { command, env: { PATH: '/usr/bin:/bin' }, contained: false, filtered: false, late: false };
}

try {
  const { boxer } = await chooseSandbox('auto');
  const root = process.getuid?.() === 0 ? 'root' : 'an ordinary user';
  console.log(`${availableParallelism()} cores, kernel as ${root}, boxes: ${boxer.level} by ${boxer.by}\n`);
  heading();
  const parser = load('plugins/transformation/task-parser');
  await compareColdStarts(parser, boxer.launch);
  await compareRoundTrips(parser, boxer.launch);
  await dispatchToWaiting(load('plugins/state-change/file-writer'), boxer);
  await compareMemory(parser, boxer.launch);
} finally {
  watchdog.stop();
  rmSync(place, { recursive: true, force: true });
}

async function compareColdStarts(plugin: LoadedPlugin, boxed: Boxer['launch']): Promise<void> {
  const times: Record<'bare' | 'boxed', number[]> = { bare: [], boxed: [] };
  for (let index = 0; index < coldStarts; index++)
    for (const [kind, launch] of [['bare', bare] as const, ['boxed', boxed] as const]) {
      const before = performance.now();
      const process = await started(plugin, launch);
      times[kind].push(performance.now() - before);
      await process.stop(1_000);
    }
  print('cold, bare: spawn → answer to initialize', times.bare);
  print('cold, boxed: spawn → answer to initialize', times.boxed);
  ratio('cold boxed : bare (goal ≤ 1.4)', times.boxed, times.bare, 50);
}

async function compareRoundTrips(plugin: LoadedPlugin, boxed: Boxer['launch']): Promise<void> {
  const [one, other] = [await started(plugin, bare), await started(plugin, boxed)];
  const times: [number[], number[]] = [[], []];
  for (let index = 0; index < roundTrips; index++)
    for (const [at, process] of [one, other].entries()) {
      const before = performance.now();
      await process.execute(call('jsonl-parser', { text: '{"a":1}' }));
      if (index >= roundTrips / 10) times[at]?.push(performance.now() - before);
    }
  await Promise.all([one.stop(1_000), other.stop(1_000)]);
  print('warm, bare: round trip', times[0]);
  print('warm, boxed: round trip', times[1]);
  // A tail is made of few: the middle one of several ratios says more than one over all.
  const ratios = Array.from({ length: batches }, (_, batch) => {
    const part = (all: number[]) => all.filter((_, index) => index % batches === batch);
    return percentile(part(times[1]), 99) / percentile(part(times[0]), 99);
  });
  const middle = percentile(ratios, 50).toFixed(2);
  console.log(`${`  warm boxed : bare, p99, the middle of ${batches} (goal ≤ 1.1)`.padEnd(58)} ${middle}`);
}

/** Without the making of the private copy: the folder is there. */
async function dispatchToWaiting(plugin: LoadedPlugin, boxer: Boxer): Promise<void> {
  const spares = newSpares({ start: () => started(plugin, boxer.launch, 'late'), most: 1 });
  const answers: number[] = [];
  const ends: number[] = [];
  for (let index = 0; index < dispatches; index++) {
    const source = join(place, `copy-${index}`);
    mkdirSync(source);
    if (boxer.user !== null) chownSync(source, boxer.user, boxer.user);
    const before = performance.now();
    const process = await spares.take();
    await process.show({ source, writable: true, hidden: null, layers: null });
    await process.execute(call('file-writer', { path: 'a.txt', content: 'a' }, boxer.inside(source)));
    if (index > 0) answers.push(performance.now() - before);
    await process.finish();
    if (index > 0) ends.push(performance.now() - before);
    spares.done();
    // Until the next one waits.
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await spares.stop(1_000);
  print('dispatch to a waiting single-use process → answer', answers);
  print('the same → its process gone', ends);
  console.log(`${'  dispatch → answer, p95 (goal < 5 ms)'.padEnd(58)} ${percentile(answers, 95).toFixed(2)} ms`);
}

async function compareMemory(plugin: LoadedPlugin, boxed: Boxer['launch']): Promise<void> {
  for (const [kind, launch] of [['bare', bare] as const, ['boxed', boxed] as const]) {
    const before = new Set(pids());
    const process = await started(plugin, launch);
    const kilobytes = pids()
      .filter((pid) => !before.has(pid))
      .map(proportionalKilobytes);
    const total = kilobytes.reduce((sum, one) => sum + one, 0);
    console.log(`${`memory of an idle process, ${kind}`.padEnd(58)} ${(total / 1024).toFixed(1)} MB`);
    await process.stop(1_000);
  }
}

async function started(
  plugin: LoadedPlugin,
  launch: Boxer['launch'],
  workspace: Box['workspace'] = null,
): Promise<PluginProcess> {
  const { spec, storeFolder } = plugin;
  const box = { pluginFolder: storeFolder, entry: spec.entry, workspace, wrapper: null, limits: limits(spec) };
  const options = { limits: limits(spec), graceMs: 1_000, watchdog, wayOut: null };
  const process = startPlugin({ plugin: spec.id, launch: launch(box), ...options });
  await process.initialize({ protocol: 'protocol.v1', plugin: spec.id, settings: {} });
  return process;
}

function call(tool: string, input: Record<string, unknown>, workspace: string | null = null): Call {
  const moment = '2026-01-01T00:00:00.000Z';
  const params = { tool, input, workspace, whatIf: false, traceparent: '', deadline: moment, now: moment };
  return { params, timeoutMs: 20_000, signal: new AbortController().signal, ...unheard };
}

function ratio(what: string, ones: readonly number[], others: readonly number[], rank: number): void {
  const value = percentile(ones, rank) / percentile(others, rank);
  console.log(`${`  ${what}`.padEnd(58)} ${value.toFixed(2)}`);
}

function pids(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** What a process takes, shared pages counted in part: Pss of smaps_rollup. */
function proportionalKilobytes(pid: string): number {
  try {
    return Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
