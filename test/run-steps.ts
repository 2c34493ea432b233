// Runs the `run` steps of an action or a job with bash, as a runner of GitHub does; what others' actions would do is only noted.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { filledIn, runs } from './github-expression.ts';

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}

export interface Setting {
  readonly workspace: string;
  readonly contexts: Readonly<Record<string, object>>;
  readonly env: Readonly<Record<string, string>>;
  /** Folders before those of the PATH. */
  readonly path: readonly string[];
}

export interface RanStep {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** What it printed. */
  readonly said: string;
  /** What it gave to the action that it uses. */
  readonly given: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly steps: readonly RanStep[];
  /** By id of the step. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly summary: string;
}

export async function runSteps(steps: readonly Step[], { workspace, contexts, env, path }: Setting): Promise<Ran> {
  const place = mkdtempSync(join(tmpdir(), 'run-steps-'));
  const files = { GITHUB_OUTPUT: 'output', GITHUB_STEP_SUMMARY: 'summary', GITHUB_PATH: 'path' };
  const file = (name: keyof typeof files) => join(place, files[name]);
  const outputs: Record<string, Record<string, string>> = {};
  const ran: RanStep[] = [];
  mkdirSync(join(place, 'temp'));
  for (const name of ['GITHUB_STEP_SUMMARY', 'GITHUB_PATH'] as const) writeFileSync(file(name), '');

  async function run(step: Step, fill: (text: string) => string): Promise<Pick<RanStep, 'state' | 'said'>> {
    writeFileSync(file('GITHUB_OUTPUT'), '');
    const added = readFileSync(file('GITHUB_PATH'), 'utf8').split('\n').filter(Boolean).reverse();
    const { exitCode, all } = await execa('bash', ['-e', '-o', 'pipefail', '-c', fill(step.run ?? '')], {
      cwd: join(workspace, fill(step['working-directory'] ?? '.')),
      env: {
        ...Object.fromEntries(Object.keys(files).map((name) => [name, file(name as keyof typeof files)])),
        ...{ GITHUB_WORKSPACE: workspace, RUNNER_TEMP: join(place, 'temp'), ...env },
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(`${value}`)])),
        PATH: [...path, ...added, process.env.PATH].join(delimiter),
      },
      ...{ reject: false, stdin: 'ignore', all: true },
    });
    if (step.id) outputs[step.id] = outputsIn(readFileSync(file('GITHUB_OUTPUT'), 'utf8'));
    return { state: exitCode === 0 ? 'passed' : 'failed', said: all };
  }

  try {
    for (const step of steps) {
      const scope = {
        contexts: {
          ...contexts,
          steps: Object.fromEntries(Object.entries(outputs).map(([id, its]) => [id, { outputs: its }])),
        },
        ...{ workspace, failed: ran.some(({ state }) => state === 'failed') },
      };
      const fill = (text: string) => filledIn(text, scope);
      const name = step.name ?? step.uses ?? '';
      const given = Object.fromEntries(Object.entries(step.with ?? {}).map(([key, value]) => [key, fill(`${value}`)]));
      if (!runs(step.if, scope)) ran.push({ name, state: 'skipped', said: '', given: {} });
      else if (step.run === undefined) ran.push({ name, state: 'passed', said: '', given });
      else ran.push({ name, given, ...(await run(step, fill)) });
    }
    return { steps: ran, outputs, summary: readFileSync(file('GITHUB_STEP_SUMMARY'), 'utf8') };
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** `name=value`, or `name<<END`, lines, and `END`. */
function outputsIn(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = text.split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name = '', end] = /^([\w-]+)<<(.+)$/.exec(line) ?? [];
    if (end !== undefined)
      found[name] = lines
        .splice(0, lines.indexOf(end) + 1)
        .slice(0, -1)
        .join('\n');
    else if (line.includes('=')) found[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
  }
  return found;
}
