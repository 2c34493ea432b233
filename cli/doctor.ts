// arbiter doctor: what works on this machine and in this home, and what to do where it does not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { ArbiterError } from '../contracts/errors.ts';
import { ask } from '../kernel/control.ts';
import type { Home } from '../kernel/home.ts';
import type { Trial } from '../kernel/host/probes/probe.ts';
import { tryAll } from '../kernel/host/sandbox.ts';
import { git } from '../kernel/safety/git.ts';
import { readSettings } from '../kernel/settings.ts';
import { packageRoot } from '../kernel/version.ts';
import { loadDecisions } from '../process/decide.ts';
import { readDiagram } from '../process/read-bpmn.ts';
import { contextOf } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { installedPlugins } from './installed-plugins.ts';
import { table } from './output.ts';

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check this machine and this home')
    .action(async (_options: object, command: Command) => {
      const { home, output } = contextOf(command);
      const trials = await tryAll();
      const findings = [...(await machine(trials)), ...(await homeFindings(home))];
      const text = [
        table(
          ['', 'what', 'found'],
          findings.map(({ what, ok, detail }) => [ok ? '✓' : '✗', what, detail]),
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
  const own = (name: string) => fileURLToPath(new URL(`process/${name}`, packageRoot));
  const diagram = join(home.process, 'orchestration.bpmn');
  return [
    await attempt('settings', async () => {
      readSettings(home);
      return home.settings;
    }),
    await attempt('plugins', async () => {
      const { byId, refused } = installedPlugins(home);
      if (refused[0]) throw refused[0].error;
      return `${byId.size} installed`;
    }),
    await attempt('decision tables', async () => {
      const { tables } = await loadDecisions([own('decisions.dmn'), join(home.process, 'decisions.dmn')]);
      return `${tables.size} tables: ${[...tables.keys()].join(', ')}`;
    }),
    await attempt('diagram', async () => {
      const graph = await readDiagram(existsSync(diagram) ? diagram : own('orchestration.bpmn'));
      return `${graph.nodes.size} nodes`;
    }),
    await attempt('kernel', async () =>
      (await ask(home.socket, { command: 'status' })) === null ? 'not running' : 'running',
    ),
  ];
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
    return result === undefined ? '' : result.contained ? `contained (${result.detail})` : `GOT OUT (${result.detail})`;
  };
  return [
    table(
      ['escape probe', ...trials.map(({ boxer }) => boxer.by)],
      names.map((name) => [name, ...trials.map((trial) => cell(trial, name))]),
    ),
  ];
}
