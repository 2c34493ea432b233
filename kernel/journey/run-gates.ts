// Gates: validation tools over the private copy. A level without a tool for what changed says so in its verdict.
import { extname } from 'node:path';
import { check, type Misfit } from '../../contracts/check.ts';
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { GateVerdict } from '../../contracts/generated/ledger.v1.ts';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import type { Verdict } from '../../contracts/generated/verdict.v1.ts';
import type { DecisionTables } from '../../process/decide.ts';
import type { Host, ShownFolder } from '../host/host.ts';
import type { KernelCall } from '../host/talk/conversation.ts';
import type { Plugins } from '../loader/find-plugins.ts';
import type { LoadedPlugin, LoadedTool } from '../loader/plugin.ts';
import { newIntactCheck } from '../loader/still-intact.ts';
import type { Breakers } from '../safety/circuit-breaker.ts';
import type { PrivateCopy } from '../safety/private-copy.ts';
import { phrase } from '../validator/phrase.ts';
import { newChoosePlugin } from './choose-plugin.ts';
import { copyShown, noteDenied, noteRequest } from './execute.ts';
import type { Journey } from './journey.ts';
import { endingBy, leftAlone } from './within-circuit.ts';

/** Runs the levels of `tier`: "none", one level such as "L0", or a range such as "L0-L3". */
export type RunGates = (journey: Journey, tier: string) => Promise<GateVerdict[]>;

type Level = GateVerdict['tier'];
const levels: readonly Level[] = ['L0', 'L1', 'L2', 'L3', 'L4', 'L5'];

export interface GateParts {
  readonly tables: DecisionTables;
  readonly plugins: Plugins;
  readonly host: Host;
  readonly breakers: Breakers;
  readonly limitsOf: (spec: PluginSpec) => CategoryBudget;
}

export function newRunGates({ tables, plugins, host, breakers, limitsOf }: GateParts): RunGates {
  const demandIntact = newIntactCheck();
  // As the task's own tool is chosen, certificates and all; only the gate's verdict is kept.
  const choosePlugin = newChoosePlugin(plugins, ({ line }, table, facts) => tables.decide(table, facts, line.id));
  return async (journey, tier) => {
    const files = (journey.effects?.files ?? []).filter(({ after }) => after?.type === 'file').map(({ path }) => path);
    const verdicts: GateVerdict[] = [];
    for (const level of levelsOf(tier)) {
      const byTool = await toolsFor(level, files, journey.line.id);
      if (byTool.size === 0)
        verdicts.push({ id: `${level}/-`, tier: level, tool: null, verdict: 'no-tool', findings: [] });
      for (const [tool, covered] of byTool) verdicts.push(await runGate(journey, level, tool, covered));
    }
    return verdicts;
  };

  async function toolsFor(level: Level, files: readonly string[], task: string): Promise<Map<string, string[]>> {
    const byTool = new Map<string, string[]>();
    for (const file of files) {
      const facts = { level, extension: extname(file).slice(1).toLowerCase() };
      const { output } = await tables.decide('gate-tools', facts, task);
      for (const tool of output as string[]) byTool.set(tool, [...(byTool.get(tool) ?? []), file]);
    }
    return byTool;
  }

  async function runGate(journey: Journey, tier: Level, tool: string, files: string[]): Promise<GateVerdict> {
    if (plugins.ownerOf(tool) === null)
      return { id: `${tier}/${tool}`, tier, tool: null, verdict: 'no-tool', findings: [] };
    const { plugin, tool: loaded } = await choosePlugin(journey, tool);
    const input = { files };
    const misfits = loaded.checkInput(input);
    if (misfits.length > 0) throw gateMisfit('GATE_INPUT_UNFIT', tool, misfits);
    demandIntact(plugin);
    const { circuit, attempt } = breakers.admit(plugin.spec.id, plugin.digest);
    if (!attempt) throw leftAlone(plugin, circuit);
    try {
      const output = await askGate(journey, plugin, tool, input);
      attempt.end('answered');
      const { verdict, findings } = readVerdict(loaded, output);
      return { id: `${tier}/${tool}`, tier, tool, verdict, findings };
    } catch (error) {
      attempt.end(endingBy(error));
      throw error;
    }
  }

  function askGate(journey: Journey, plugin: LoadedPlugin, tool: string, input: { files: string[] }): Promise<unknown> {
    return onCopy(journey.copy, (workspace) =>
      host.execute({
        plugin,
        tool,
        input,
        workspace,
        whatIf: false,
        now: journey.line.source.claimedAt,
        traceparent: journey.traceparent,
        timeoutMs: limitsOf(plugin.spec).wallMs,
        signal: journey.abort.signal,
        onKernelCall: gateCalls(journey, plugin),
        onRequest: (request) => noteRequest(journey, request),
      }),
    );
  }
}

/** A gate may tell how far it is, where it was granted to; it looks at another's task, so it asks for nothing. */
function gateCalls(journey: Journey, { spec }: LoadedPlugin): KernelCall {
  const granted: readonly string[] = spec.grants?.kernel ?? [];
  return (method) => {
    if (granted.includes(method) && (method === 'progress' || method === 'log')) return null;
    noteDenied(journey, method);
    throw fault('PLUGIN_CALL_DENIED', { plugin: spec.id, method });
  };
}

/** Throws PLUGIN_OUTPUT_INVALID for what is no verdict: neither passing nor failing can be read from it. */
function readVerdict({ name, checkOutput }: LoadedTool, output: unknown): Verdict {
  const own = checkOutput(output);
  if (own.length > 0) throw gateMisfit('PLUGIN_OUTPUT_INVALID', name, own);
  const checked = check('verdict.v1', output);
  if (!checked.ok) throw gateMisfit('PLUGIN_OUTPUT_INVALID', name, checked.misfits);
  return checked.value;
}

function gateMisfit(code: 'GATE_INPUT_UNFIT' | 'PLUGIN_OUTPUT_INVALID', tool: string, misfits: Misfit[]): ArbiterError {
  const { detail, expectation, hint } = phrase(misfits);
  return fault(code, { tool, detail, expectation, hint });
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
