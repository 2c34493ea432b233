// Runs tools: builds the box that a plugin's category asks for, and decides which process serves which task.
import { tmpdir } from 'node:os';
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { ExecuteParams } from '../../contracts/generated/protocol.v1.ts';
import type { NetworkSettings } from '../../contracts/generated/settings.v1.ts';
import type { LoadedPlugin } from '../loader/plugin.ts';
import type { Recorder } from './egress/exchange.ts';
import { openWayOut } from './egress/way-out.ts';
import type { Box, Boxer, BoxWorkspace, Inlay, Level } from './launch/box.ts';
import { defaultProcesses, newPool, type Pool } from './pool.ts';
import { profiles } from './profiles.ts';
import { newSpares, type Spares } from './spares.ts';
import { Interrupted, type KernelCall } from './talk/conversation.ts';
import { type Call, type PluginProcess, startPlugin } from './talk/plugin-process.ts';
import { type FolderGrowth, watchGrowth } from './watch/folder-growth.ts';
import { newWatchdog } from './watch/watchdog.ts';

export interface Execution {
  readonly plugin: LoadedPlugin;
  readonly tool: string;
  readonly input: Record<string, unknown>;
  /** What to show as the workspace, or null. */
  readonly workspace: ShownFolder | null;
  readonly whatIf: boolean;
  readonly now: string;
  readonly traceparent: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onKernelCall: KernelCall;
  /** Takes each request that the plugin made over the network, allowed or not. */
  readonly onRequest: Recorder;
}

export interface HostOptions {
  readonly boxer: Boxer;
  /** A plugin's limits: its own where they are tighter than its category's. */
  readonly limitsOf: (spec: PluginSpec) => CategoryBudget;
  /** `closed`: no host is reached, whatever was granted. */
  readonly network: NetworkSettings | undefined | 'closed';
  /** Folder for the proxy's sockets, with a short path; by default the system's temporary one. */
  readonly waysOut?: string;
  readonly graceMs: number;
}

export interface ShownFolder {
  readonly path: string;
  /** A folder below it that is shown empty, or null. */
  readonly hidden: string | null;
  /** Whether only this task sees it: a private copy, not the workspace itself. */
  readonly private: boolean;
  /** Of a layered copy: shown as one in the place of `path`. */
  readonly layers: BoxWorkspace['layers'];
  readonly inlays?: readonly Inlay[];
  /** Whether what is written to it is thrown away, so that any category may. */
  readonly throwaway?: true;
}

export interface Host {
  readonly level: Level;
  /** The user that private copies have to belong to, where that is not the kernel's own. */
  readonly user: number | null;
  /** Calls a tool in its box and gives its output, unchecked. Rejects with catalogue errors, `Interrupted` when stopped. */
  execute(execution: Execution): Promise<unknown>;
  /** Resolves when the next task of a plugin, with a workspace or without, need not wait for a process to start. */
  ready(plugin: LoadedPlugin, workspace: boolean): Promise<void>;
  stop(graceMs: number): Promise<void>;
}

const idleMs = 15_000;

export function newHost({ boxer, limitsOf, network, waysOut = tmpdir(), graceMs }: HostOptions): Host {
  /** By plugin and workspace. */
  const pools = new Map<string, { pool: Pool; bound: boolean }>();
  /** By plugin, and whether there is a workspace to show. */
  const spares = new Map<string, Spares>();
  const watchdog = newWatchdog();
  const stopping = new Set<Promise<void>>();
  /** Processes that serve one task. */
  const singles = new Set<PluginProcess>();
  let stopped = false;
  const sweeper = setInterval(sweep, idleMs / 2).unref();

  /** What nothing has asked for in a while is let go; of what any task can use, one process stays. */
  function sweep(): void {
    const stale = Date.now() - idleMs;
    const idle = ({ idleSince }: Pool | Spares) => idleSince !== null && idleSince < stale;
    for (const [key, { pool, bound }] of pools) {
      if (!idle(pool)) continue;
      if (!bound) pool.shrink();
      else if (pools.delete(key)) letGo(pool);
    }
    for (const [key, processes] of spares) if (idle(processes) && spares.delete(key)) letGo(processes);
  }

  function letGo(processes: Pool | Spares): void {
    const gone = processes.stop(graceMs).finally(() => stopping.delete(gone));
    stopping.add(gone);
  }

  async function start(plugin: LoadedPlugin, workspace: Box['workspace']): Promise<PluginProcess> {
    const { spec } = plugin;
    const limits = limitsOf(spec);
    const hosts = spec.grants?.hosts ?? [];
    const [open, settings] = network === 'closed' ? [[], undefined] : [hosts, network];
    const wayOut =
      hosts.length === 0 ? null : await openWayOut({ id: spec.id, hosts: open }, settings, boxer.user, waysOut);
    const launch = boxer.launch({
      ...{ pluginFolder: plugin.storeFolder, entry: spec.entry, workspace, wrapper: wayOut?.wrapper ?? null, limits },
    });
    const process = startPlugin({ plugin: spec.id, launch, limits, graceMs, watchdog, wayOut });
    try {
      await process.initialize({ protocol: 'protocol.v1', plugin: spec.id, settings: plugin.settings });
      return process;
    } catch (error) {
      await process.stop(0);
      throw error;
    }
  }

  function poolFor(plugin: LoadedPlugin, workspace: BoxWorkspace | null): Pool {
    const key = `${plugin.digest} ${workspace?.source ?? ''}`;
    const known = pools.get(key);
    if (known) return known.pool;
    const { concurrency, category } = plugin.spec;
    const pool = newPool({
      start: () => start(plugin, workspace),
      processes: Math.min(concurrency?.processes ?? defaultProcesses, defaultProcesses),
      pipeline: profiles[category].reuse === 'any task' ? (concurrency?.pipeline ?? 1) : 1,
      recycleTasks: limitsOf(plugin.spec).recycleTasks,
      graceMs,
    });
    pools.set(key, { pool, bound: workspace !== null });
    return pool;
  }

  /** Whether a process serves one task of the plugin and no other. */
  function servesOnce({ spec }: LoadedPlugin, workspace: boolean): boolean {
    return profiles[spec.category].reuse === 'never' || (workspace && !boxer.reusable);
  }

  function sparesFor(plugin: LoadedPlugin, workspace: boolean): Spares {
    const key = `${plugin.digest} ${workspace}`;
    const known = spares.get(key);
    if (known) return known;
    const made = newSpares({ start: () => start(plugin, workspace ? 'late' : null), most: defaultProcesses });
    spares.set(key, made);
    return made;
  }

  /** In a process that has served nobody and will serve nobody else: it is gone when this resolves. */
  async function executeOnce(plugin: LoadedPlugin, workspace: BoxWorkspace | null, call: Call): Promise<unknown> {
    const supply = sparesFor(plugin, workspace !== null);
    const process = await supply.take();
    singles.add(process);
    let growth: FolderGrowth | null = null;
    try {
      if (workspace) await show(plugin, workspace, process);
      if (workspace?.writable) growth = await watchOver(plugin.spec, workspace, process);
      const output = await process.execute(call);
      await process.finish();
      const addedMb = (await growth?.last()) ?? null;
      if (addedMb !== null) throw overgrown(plugin.spec, addedMb);
      return output;
    } catch (error) {
      // Alone with its process, it is the one it happened to, unless the kernel itself ended it.
      throw error instanceof Interrupted && !stopped ? error.cause : error;
    } finally {
      growth?.end();
      await process.finish();
      singles.delete(process);
      supply.done();
    }
  }

  async function show({ spec }: LoadedPlugin, workspace: BoxWorkspace, process: PluginProcess): Promise<void> {
    await process.show(workspace).catch((error: Error) => {
      throw fault('WORKSPACE_NOT_SHOWN', { plugin: spec.id, path: workspace.source, detail: error.message });
    });
  }

  function watchOver(spec: PluginSpec, { source }: BoxWorkspace, process: PluginProcess): Promise<FolderGrowth> {
    const { workspaceMb } = limitsOf(spec);
    return watchGrowth(source, workspaceMb, (addedMb) => process.fail(overgrown(spec, addedMb)));
  }

  function overgrown(spec: PluginSpec, addedMb: number): ArbiterError {
    const detail = `it added ${addedMb} MB to its private copy`;
    const value = limitsOf(spec).workspaceMb;
    return fault('PLUGIN_LIMIT', { plugin: spec.id, limit: 'workspaceMb', value, tool: 'its work', detail });
  }

  return {
    level: boxer.level,
    user: boxer.user,
    async execute({
      plugin,
      tool,
      input,
      workspace,
      whatIf,
      now,
      traceparent,
      timeoutMs,
      signal,
      onKernelCall,
      onRequest,
    }) {
      const params: ExecuteParams = {
        tool,
        input,
        workspace: workspace && boxer.inside(workspace.path),
        whatIf,
        traceparent,
        deadline: new Date(Date.now() + timeoutMs).toISOString(),
        now,
      };
      const call = { params, timeoutMs, signal, onKernelCall, onRequest };
      const writable = profiles[plugin.spec.category].workspace === 'write' || workspace?.throwaway === true;
      const shown = workspace && { ...workspace, source: workspace.path, writable };
      if (servesOnce(plugin, workspace !== null) || workspace?.private) return executeOnce(plugin, shown, call);
      return poolFor(plugin, shown).execute(call);
    },
    async ready(plugin, workspace) {
      if (servesOnce(plugin, workspace)) await sparesFor(plugin, workspace).ready();
    },
    async stop(grace) {
      stopped = true;
      clearInterval(sweeper);
      const served = [...[...pools.values()].map(({ pool }) => pool), ...spares.values()];
      await Promise.all(served.map((processes) => processes.stop(grace)));
      await Promise.all([...singles].map((process) => process.stop(grace)));
      await Promise.all(stopping);
      watchdog.stop();
    },
  };
}
