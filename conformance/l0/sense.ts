// What a spec says twice in different ways, or asks for and cannot have.
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { profiles } from '../../kernel/host/profiles.ts';
import { kernelTools } from '../../process/workflows/kernel-tools.ts';

export interface Contradiction {
  readonly expected: string;
  readonly came: string;
}

/** `most` is what the category may take at most, before the spec's own limits. */
export function contradictions(spec: PluginSpec, most: CategoryBudget): Contradiction[] {
  return [...inLimits(spec, most), ...inGrants(spec), ...inTools(spec, most), ...inPatterns(spec)];
}

function inLimits({ limits = {}, category, slo }: PluginSpec, most: CategoryBudget): Contradiction[] {
  const loose = Object.entries(limits).filter(([name, value]) => value > most[name as keyof typeof limits]);
  const found = loose.map(([name, value]) => ({
    expected: `limits.${name} of at most ${most[name as keyof typeof limits]}, which performance.yml gives ${category}`,
    came: `${value}, which would be ignored`,
  }));
  const wallMs = Math.min(most.wallMs, limits.wallMs ?? most.wallMs);
  if (slo?.p95Ms !== undefined && slo.p95Ms > wallMs)
    found.push({ expected: `slo.p95Ms below the ${wallMs} ms after which a call is killed`, came: `${slo.p95Ms}` });
  return found;
}

function inGrants({ grants, category, tools }: PluginSpec): Contradiction[] {
  const hosts = grants?.hosts ?? [];
  const { network, workspace } = profiles[category];
  const found: Contradiction[] = [];
  if (network === 'never' && hosts.length > 0)
    found.push({ expected: `no grants.hosts: a ${category} never reaches a network`, came: `${hosts.length} hosts` });
  if (workspace !== 'write' && hosts.some(({ access }) => access === 'effect'))
    found.push({
      expected: `hosts with access read: a ${category} changes nothing`,
      came: 'a host with access effect',
    });
  const names = hosts.map(({ host, port }) => `${host}:${port}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) found.push({ expected: 'each host once', came: `${twice} twice` });
  const sure = Object.keys(tools).find((tool) => tools[tool]?.deterministic);
  if (sure && hosts.some(({ access }) => access === 'read'))
    found.push({
      expected: 'no deterministic tool in a plugin that reads from hosts: what they answer may change',
      came: `tools.${sure}.deterministic is true`,
    });
  return found;
}

function inTools({ tools, category, limits }: PluginSpec, most: CategoryBudget): Contradiction[] {
  const wallMs = Math.min(most.wallMs, limits?.wallMs ?? most.wallMs);
  return Object.entries(tools).flatMap(([name, tool]) => {
    const found: Contradiction[] = [];
    if (kernelTools.includes(name))
      found.push({ expected: 'another name: the kernel itself answers to it', came: name });
    if ((tool?.timeoutMs ?? 0) > wallMs)
      found.push({ expected: `tools.${name}.timeoutMs of at most ${wallMs}`, came: `${tool?.timeoutMs}` });
    if (tool?.workspace === 'required' && profiles[category].workspace === 'none')
      found.push({ expected: `tools.${name}.workspace none: a ${category} sees no workspace`, came: 'required' });
    if (tool?.workspace === 'none' && category === 'state-change')
      found.push({ expected: `tools.${name}.workspace required: a state-change changes one`, came: 'none' });
    return found;
  });
}

function inPatterns({ routing }: PluginSpec): Contradiction[] {
  return (routing?.patterns ?? []).flatMap((pattern) => {
    try {
      new RegExp(pattern, 'u');
      return [];
    } catch (error) {
      return [{ expected: 'regular expressions in routing.patterns', came: (error as Error).message }];
    }
  });
}
