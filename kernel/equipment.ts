// What a kernel works with, read and checked before it works: policies, tables, the diagram, plugins, a sandbox.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CategoryBudget } from '../contracts/generated/performance.v1.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import type { Settings } from '../contracts/generated/settings.v1.ts';
import type { PoliciesInForce } from '../policies/in-force.ts';
import { limitsOf, readPerformance } from '../policies/performance.ts';
import { openPolicies, type Policies } from '../policies/policies.ts';
import { type DecisionTables, loadDecisions } from '../process/decide.ts';
import { readDiagram } from '../process/read-bpmn.ts';
import type { StepGraph } from '../process/step-graph.ts';
import type { Home } from './home.ts';
import { homePolicies } from './home-policies.ts';
import type { Trial } from './host/probes/probe.ts';
import { chooseSandbox } from './host/sandbox.ts';
import { findPlugins, type Plugins } from './loader/find-plugins.ts';
import { readTrust } from './loader/trust.ts';
import type { KernelSettings } from './settings.ts';
import { packageRoot } from './version.ts';

export interface Equipment {
  readonly policies: PoliciesInForce;
  /** What they say. */
  readonly allowed: Policies;
  readonly limits: (spec: PluginSpec) => CategoryBudget;
  readonly tables: DecisionTables;
  readonly diagram: StepGraph;
  readonly diagramFile: string;
  readonly plugins: Plugins;
  readonly sandbox: Trial;
}

/** Reads what `home` and the package have; a file of the home wins. Throws the catalogue error of what cannot be used. */
export async function equip(
  home: Home,
  settings: KernelSettings,
  isolation: NonNullable<Settings['isolation']> = settings.isolation,
): Promise<Equipment> {
  const policies = homePolicies(home);
  const performance = readPerformance(policies.files.get('performance.yml') as string);
  const diagramFile = firstThere(join(home.process, 'orchestration.bpmn'), own('process/orchestration.bpmn'));
  return {
    policies,
    allowed: await openPolicies(policies.files),
    limits: (spec) => limitsOf(performance, spec),
    tables: await loadDecisions([own('process/decisions.dmn'), join(home.process, 'decisions.dmn')]),
    diagram: await readDiagram(diagramFile),
    diagramFile,
    plugins: findPlugins(
      [own('plugins'), home.plugins],
      join(home.run, 'plugins'),
      settings.plugins,
      readTrust(home.trust),
    ),
    sandbox: await chooseSandbox(isolation),
  };
}

function own(name: string): string {
  return fileURLToPath(new URL(name, packageRoot));
}

function firstThere(...paths: readonly string[]): string {
  return paths.find((path) => existsSync(path)) as string;
}
