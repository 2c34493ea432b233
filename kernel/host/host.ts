// Runs tools: builds the box that a plugin's category asks for and keeps its processes warm where the category allows it.
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { ExecuteParams } from '../../contracts/generated/protocol.v1.ts';
import type { LoadedPlugin } from '../loader/plugin.ts';
import type { Boxer, Level } from './launch/box.ts';
import { defaultProcesses, newPool, type Pool } from './pool.ts';
import { type Call, Interrupted, type KernelCall, type PluginProcess, startPlugin } from './talk/plugin-process.ts';

/** What a category gets: the table of sandbox profiles. */
interface Profile {
  readonly workspace: 'none' | 'read' | 'write';
  /** Which tasks may share a process: any of the plugin, those on one workspace, or none. */
  readonly reuse: 'any task' | 'same workspace' | 'never';
}

export const profiles: Readonly<Record<PluginSpec['category'], Profile>> = {
  acquisition: { workspace: 'read', reuse: 'same workspace' },
  transformation: { workspace: 'none', reuse: 'any task' },
  'state-change': { workspace: 'write', reuse: 'never' },
  validation: { workspace: 'read', reuse: 'same workspace' },
  orchestration: { workspace: 'none', reuse: 'any task' },
};

export interface Execution {
  readonly plugin: LoadedPlugin;
  readonly tool: string;
  readonly input: Record<string, unknown>;
  /** The folder to show as the workspace, and what of it to hide, or null. */
  readonly workspace: { readonly path: string; readonly hidden: string | null } | null;
  readonly whatIf: boolean;
  readonly now: string;
  readonly traceparent: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onKernelCall: KernelCall;
}

export interface Host {
  readonly level: Level;
  /** The user that private copies have to belong to, where that is not the kernel's own. */
  readonly user: number | null;
  /** Calls a tool in its box and gives its output, unchecked. Rejects with catalogue errors, `Interrupted` when stopped. */
  execute(execution: Execution): Promise<unknown>;
  stop(graceMs: number): Promise<void>;
}

const idleMs = 15_000;

/** `limitsOf` gives a plugin's limits: its own where they are tighter than its category's. */
export function newHost(boxer: Boxer, limitsOf: (spec: PluginSpec) => CategoryBudget, graceMs: number): Host {
  const pools = new Map<string, { pool: Pool; bound: boolean }>();
  const stopping = new Set<Promise<void>>();
  /** Processes that serve one task. */
  const singles = new Set<PluginProcess>();
  let stopped = false;
  const sweeper = setInterval(sweep, idleMs / 2).unref();

  /** Processes bound to a workspace are let go when nothing has asked for them for a while. */
  function sweep(): void {
    const stale = Date.now() - idleMs;
    for (const [key, { pool, bound }] of pools) {
      if (!bound || pool.idleSince === null || pool.idleSince > stale) continue;
      pools.delete(key);
      const stopped = pool.stop(graceMs).finally(() => stopping.delete(stopped));
      stopping.add(stopped);
    }
  }

  async function start(plugin: LoadedPlugin, workspace: Execution['workspace']): Promise<PluginProcess> {
    const { spec } = plugin;
    const limits = limitsOf(spec);
    const launch = boxer.launch({
      pluginFolder: plugin.storeFolder,
      entry: spec.entry,
      workspace: workspace && {
        source: workspace.path,
        hidden: workspace.hidden,
        writable: profiles[spec.category].workspace === 'write',
      },
      limits,
    });
    const process = startPlugin(spec.id, launch, limits.outputBytes, graceMs);
    try {
      await process.initialize({ protocol: 'protocol.v1', plugin: spec.id, settings: plugin.settings });
      return process;
    } catch (error) {
      await process.stop(0);
      throw error;
    }
  }

  function poolFor(plugin: LoadedPlugin, workspace: Execution['workspace']): Pool {
    const key = `${plugin.digest} ${workspace?.path ?? ''}`;
    const known = pools.get(key);
    if (known) return known.pool;
    const { concurrency, category } = plugin.spec;
    const shared = profiles[category].reuse === 'any task';
    const pool = newPool({
      start: () => start(plugin, workspace),
      processes: Math.min(concurrency?.processes ?? defaultProcesses, defaultProcesses),
      pipeline: shared ? (concurrency?.pipeline ?? 1) : 1,
      reusable: shared || boxer.reusable,
      graceMs,
    });
    pools.set(key, { pool, bound: workspace !== null });
    return pool;
  }

  async function executeOnce(plugin: LoadedPlugin, workspace: Execution['workspace'], call: Call): Promise<unknown> {
    const process = await start(plugin, workspace);
    singles.add(process);
    try {
      return await process.execute(call);
    } catch (error) {
      // Alone with its process, it is the one it happened to, unless the kernel itself ended it.
      throw error instanceof Interrupted && !stopped ? error.cause : error;
    } finally {
      await process.stop(stopped ? 0 : graceMs);
      singles.delete(process);
    }
  }

  return {
    level: boxer.level,
    user: boxer.user,
    async execute({ plugin, tool, input, workspace, whatIf, now, traceparent, timeoutMs, signal, onKernelCall }) {
      const params: ExecuteParams = {
        tool,
        input,
        workspace: workspace && boxer.inside(workspace.path),
        whatIf,
        traceparent,
        deadline: new Date(Date.now() + timeoutMs).toISOString(),
        now,
      };
      const call = { params, timeoutMs, signal, onKernelCall };
      if (profiles[plugin.spec.category].reuse !== 'never') return poolFor(plugin, workspace).execute(call);
      return executeOnce(plugin, workspace, call);
    },
    async stop(grace) {
      stopped = true;
      clearInterval(sweeper);
      await Promise.all([...pools.values()].map(({ pool }) => pool.stop(grace)));
      await Promise.all([...singles].map((process) => process.stop(grace)));
      await Promise.all(stopping);
    },
  };
}
