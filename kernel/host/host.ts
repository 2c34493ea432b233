// Runs tools: builds the box that a plugin's category asks for and keeps its processes warm where the category allows it.
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { ExecuteParams } from '../../contracts/generated/protocol.v1.ts';
import type { LoadedPlugin } from '../loader/plugin.ts';
import type { Boxer, Level } from './box.ts';
import { type KernelCall, type PluginProcess, startPlugin } from './plugin-process.ts';
import { defaultProcesses, newPool, type Pool } from './pool.ts';

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
  /** The folder to show as the workspace, or null. */
  readonly workspace: string | null;
  readonly whatIf: boolean;
  readonly now: string;
  readonly traceparent: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onKernelCall: KernelCall;
}

export interface Host {
  readonly level: Level;
  /** Calls a tool in its box and gives its output, unchecked. Rejects with catalogue errors. */
  execute(execution: Execution): Promise<unknown>;
  stop(graceMs: number): Promise<void>;
}

const idleMs = 15_000;

/** `limitsOf` gives a plugin's limits: its own where they are tighter than its category's. */
export function newHost(boxer: Boxer, limitsOf: (spec: PluginSpec) => CategoryBudget, graceMs: number): Host {
  const pools = new Map<string, { pool: Pool; bound: boolean }>();
  const stopping = new Set<Promise<void>>();
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

  async function start(plugin: LoadedPlugin, workspace: string | null): Promise<PluginProcess> {
    const { spec } = plugin;
    const limits = limitsOf(spec);
    const launch = boxer.launch({
      pluginFolder: plugin.storeFolder,
      entry: spec.entry,
      workspace:
        workspace === null ? null : { source: workspace, writable: profiles[spec.category].workspace === 'write' },
      limits,
    });
    const process = startPlugin(spec.id, launch, limits.outputBytes, graceMs);
    await process.initialize({ protocol: 'protocol.v1', plugin: spec.id, settings: plugin.settings });
    return process;
  }

  function poolFor(plugin: LoadedPlugin, workspace: string | null): Pool {
    const key = `${plugin.digest} ${workspace ?? ''}`;
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

  return {
    level: boxer.level,
    async execute({ plugin, tool, input, workspace, whatIf, now, traceparent, timeoutMs, signal, onKernelCall }) {
      const params: ExecuteParams = {
        tool,
        input,
        workspace: workspace === null ? null : boxer.inside(workspace),
        whatIf,
        traceparent,
        deadline: new Date(Date.now() + timeoutMs).toISOString(),
        now,
      };
      const call = { params, timeoutMs, signal, onKernelCall };
      if (profiles[plugin.spec.category].reuse !== 'never') return poolFor(plugin, workspace).execute(call);
      const process = await start(plugin, workspace);
      try {
        return await process.execute(call);
      } finally {
        await process.stop(graceMs);
      }
    },
    async stop(grace) {
      clearInterval(sweeper);
      await Promise.all([...pools.values()].map(({ pool }) => pool.stop(grace)));
      await Promise.all(stopping);
    },
  };
}
