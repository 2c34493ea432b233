// arbiter doctor: what works on this machine and in this home, and what to do where it does not.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { ArbiterError, fault } from '../contracts/errors.ts';
import type { Home } from '../kernel/home.ts';
import { homePolicies } from '../kernel/home-policies.ts';
import { type ProbeResult, probeAs, type Trial } from '../kernel/host/probes/probe.ts';
import { profiles } from '../kernel/host/profiles.ts';
import { chooseSandbox, tryAll } from '../kernel/host/sandbox.ts';
import { git } from '../kernel/safety/git.ts';
import { readSettings } from '../kernel/settings.ts';
import { limitsOf, readPerformance } from '../policies/performance.ts';
import { loadDecisions } from '../process/decide.ts';
import { readDiagram } from '../process/read-bpmn.ts';
import { type Context, contextOf, demandHome } from './context.ts';
import { decisionFiles } from './decision-tables.ts';
import { diagramFile } from './diagram-file.ts';
import { exitCodes } from './exit-codes.ts';
import { installedPlugins } from './installed-plugins.ts';
import { inOneLine, table } from './output.ts';
import { circuitFindings, type Finding, kernelFinding } from './vital-signs.ts';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and this home')
    .option('--probe <plugin>', 'try to get out of the box of this plugin')
    .action(async ({ probe }: { probe?: string }, command: Command) => {
      const context = contextOf(command);
      if (probe !== undefined) return probePlugin(probe, context);
      const { home, output } = context;
      const trials = await tryAll();
      const findings = [...(await machine(trials)), ...(await homeFindings(home))];
      const text = [
        table(
          ['', 'what', 'found'],
          findings.map(({ what, ok, detail, warning }) => [warning ? '!' : ok ? '✓' : '✗', what, detail]),
        ),
        '',
        ...probeTable(trials),
      ];
      output.show(
        {
          findings,
          sandboxes: trials.map(({ boxer, proven, probes }) => ({ level: boxer.level, by: boxer.by, proven, probes })),
        },
        text.join('\n'),
      );
      if (findings.some(({ ok }) => !ok)) process.exitCode = exitCodes.cannotRun;
    });
}

/** The escape probes in the place of the plugin's program, in the box that its category and limits give it. */
async function probePlugin(id: string, context: Context): Promise<void> {
  const home = demandHome(context);
  const { byId } = installedPlugins(home);
  const plugin = byId.get(id);
  if (!plugin) throw fault('PLUGIN_UNKNOWN', { plugin: id, known: [...byId.keys()].join(', ') });
  const settings = readSettings(home);
  const { boxer } = await chooseSandbox(settings.isolation);
  if (boxer.level === 'process') throw fault('ISOLATION_UNAVAILABLE', { detail: 'arbiter.yaml asks for process' });
  const files = homePolicies(home).files;
  const limits = limitsOf(readPerformance(files.get('performance.yml') as string), plugin.spec);
  const { category, entry } = plugin.spec;
  const probes = await probeAs(boxer, { folder: plugin.folder, entry, limits }, profiles[category].workspace);
  const contained = probes.every((probe) => probe.contained);
  const verdict = contained ? 'Every probe was contained.' : 'Something got out.';
  context.output.show(
    { plugin: id, category, level: boxer.level, by: boxer.by, limits, contained, probes },
    [
      `${id}, a plugin of the category ${category}, in its box: ${boxer.level} by ${boxer.by}.`,
      table(
        ['', 'escape probe', 'found'],
        probes.map((result) => [result.contained ? '✓' : '✗', result.name, finding(result)]),
      ),
      verdict,
    ].join('\n\n'),
  );
  if (!contained) process.exitCode = exitCodes.cannotRun;
}

async function machine(trials: readonly Trial[]): Promise<Finding[]> {
  const best = trials.find(({ proven }) => proven);
  return [
    { what: 'Node', ok: true, detail: process.versions.node },
    await attempt('git', () => git('/', ['--version'])),
    {
      what: 'sandbox',
      ok: best !== undefined,
      detail: best
        ? `${best.boxer.level} by ${best.boxer.by}`
        : 'none proves itself: install bubblewrap (apt-get install bubblewrap) or allow unprivileged user namespaces',
    },
  ];
}

async function homeFindings(home: Home): Promise<Finding[]> {
  if (!existsSync(home.settings))
    return [{ what: 'home', ok: false, detail: `none at ${home.path}; arbiter init makes one` }];
  return [
    await attempt('settings', async () => {
      readSettings(home);
      return home.settings;
    }),
    ...(await pluginFindings(home)),
    await attempt('decision tables', async () => {
      const { tables } = await loadDecisions(decisionFiles(home));
      return `${tables.size} tables: ${[...tables.keys()].join(', ')}`;
    }),
    await attempt('diagram', async () => {
      const graph = await readDiagram(diagramFile(home));
      return `${graph.nodes.size} nodes`;
    }),
    ...circuitFindings(home),
    await kernelFinding(home),
  ];
}

async function pluginFindings(home: Home): Promise<Finding[]> {
  const what = 'plugins';
  const warnings: Finding[] = [];
  const found = await attempt(what, async () => {
    const { byId, refused } = installedPlugins(home);
    for (const plugin of byId.values())
      for (const warning of plugin.warnings)
        warnings.push({ what, ok: true, warning: true, detail: inOneLine(warning) });
    if (refused[0]) throw refused[0].error;
    return `${byId.size} installed`;
  });
  return [found, ...warnings];
}

async function attempt(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, detail: await look() };
  } catch (error) {
    const remedy = error instanceof ArbiterError ? ` ${error.remedy}` : '';
    return { what, ok: false, detail: `${(error as Error).message}${remedy}` };
  }
}

function probeTable(trials: readonly Trial[]): string[] {
  const names = [...new Set(trials.flatMap(({ probes }) => probes.map(({ name }) => name)))];
  const cell = (trial: Trial, name: string) => {
    const result = trial.probes.find((probe) => probe.name === name);
    return result === undefined ? '' : finding(result);
  };
  return [
    table(
      ['escape probe', ...trials.map(({ boxer }) => `${boxer.level} by ${boxer.by}`)],
      names.map((name) => [name, ...trials.map((trial) => cell(trial, name))]),
    ),
  ];
}

function finding({ name, contained, detail }: ProbeResult): string {
  if (name.includes('must work')) return contained ? 'works' : `does not work: ${detail}`;
  return contained ? `contained: ${detail}` : `GOT OUT: ${detail}`;
}
