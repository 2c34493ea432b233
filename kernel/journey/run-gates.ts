// Gates: validation tools over the private copy. A level without a tool for what changed says so in its verdict.
import { extname } from 'node:path';
import type { GateVerdict } from '../../contracts/generated/ledger.v1.ts';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { DecisionTables } from '../../process/decide.ts';
import type { Host, ShownFolder } from '../host/host.ts';
import type { Plugins } from '../loader/find-plugins.ts';
import type { PrivateCopy } from '../safety/private-copy.ts';
import { copyShown } from './execute.ts';
import type { Journey } from './journey.ts';

/** Runs the levels of `tier`: "none", one level such as "L0", or a range such as "L0-L3". */
export type RunGates = (journey: Journey, tier: string) => Promise<GateVerdict[]>;

type Level = GateVerdict['tier'];
const levels: readonly Level[] = ['L0', 'L1', 'L2', 'L3', 'L4', 'L5'];

export function newRunGates(
  tables: DecisionTables,
  plugins: Plugins,
  host: Host,
  limitsOf: (spec: PluginSpec) => CategoryBudget,
): RunGates {
  return async (journey, tier) => {
    const files = (journey.effects?.files ?? []).filter(({ after }) => after?.type === 'file').map(({ path }) => path);
    const verdicts: GateVerdict[] = [];
    for (const level of levelsOf(tier)) {
      const byTool = await toolsFor(level, files);
      if (byTool.size === 0)
        verdicts.push({ id: `${level}/-`, tier: level, tool: null, verdict: 'no-tool', findings: [] });
      for (const [tool, covered] of byTool) verdicts.push(await runGate(journey, level, tool, covered));
    }
    return verdicts;
  };

  async function toolsFor(level: Level, files: readonly string[]): Promise<Map<string, string[]>> {
    const byTool = new Map<string, string[]>();
    for (const file of files) {
      const { output } = await tables.decide('gate-tools', { level, extension: extname(file).slice(1).toLowerCase() });
      for (const tool of output as string[]) byTool.set(tool, [...(byTool.get(tool) ?? []), file]);
    }
    return byTool;
  }

  async function runGate(journey: Journey, tier: Level, tool: string, files: string[]): Promise<GateVerdict> {
    const plugin = plugins.byId.get(plugins.ownerOf(tool) ?? '');
    if (!plugin) return { id: `${tier}/${tool}`, tier, tool: null, verdict: 'no-tool', findings: [] };
    const output = await onCopy(journey.copy, (workspace) =>
      host.execute({
        plugin,
        tool,
        input: { files },
        workspace,
        whatIf: false,
        now: journey.line.source.claimedAt,
        traceparent: journey.traceparent,
        timeoutMs: limitsOf(plugin.spec).wallMs,
        signal: journey.abort.signal,
        onKernelCall: () => null,
        onRequest: (request) => journey.network.push(request),
      }),
    );
    const { verdict, findings } = output as { verdict: 'pass' | 'fail'; findings: Record<string, unknown>[] };
    return { id: `${tier}/${tool}`, tier, tool, verdict: verdict === 'pass' ? 'pass' : 'fail', findings };
  }
}

/** Shows a gate the copy, with a layer of its own above it where that can be: test runners write caches. */
async function onCopy(
  copy: PrivateCopy | undefined,
  work: (workspace: ShownFolder | null) => Promise<unknown>,
): Promise<unknown> {
  const over = await copy?.throwaway();
  if (!copy || !over) return work(copy ? copyShown(copy) : null);
  try {
    return await work({ ...copyShown(copy), path: over.layers.upper, layers: over.layers, throwaway: true });
  } finally {
    await over.discard();
  }
}

function levelsOf(tier: string): readonly Level[] {
  const [from, to = from] = tier.split('-');
  const first = levels.indexOf(from as Level);
  const last = levels.indexOf(to as Level);
  return first === -1 ? [] : levels.slice(first, last + 1);
}
