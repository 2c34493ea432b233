// arbiter workflow: runs a workflow, lists those of the home, shows one.
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { isRunning } from '../../kernel/control.ts';
import { makeFolders } from '../../kernel/home.ts';
import { dropTasks } from '../../kernel/queue/submit.ts';
import { checkTask } from '../../kernel/validator/task.ts';
import { inputsOf } from '../../kernel/workflows/workflow-task.ts';
import { workflowTool } from '../../process/workflows/kernel-tools.ts';
import type { NodeTask } from '../../process/workflows/runnable.ts';
import type { Action, Interface, Part, WorkflowInput } from '../../process/workflows/workflow.ts';
import { asJson } from '../arguments.ts';
import { contextOf, demandHome } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { installedPlugins } from '../installed-plugins.ts';
import { plain, table } from '../output.ts';
import { failedBefore, waitFor } from '../submit.ts';
import { type FoundWorkflow, findWorkflow, openWorkflow, workflowFiles } from './find-workflow.ts';
import { addGraph } from './graph.ts';

interface RunOptions {
  readonly workspace?: string;
  readonly id?: string;
  readonly whatIf?: boolean;
  readonly wait?: boolean;
}

export function addWorkflow(program: Command): void {
  const workflow = program.command('workflow').description('steps that are tasks: run, list, show and draw them');
  workflow
    .command('run')
    .description('begin a run of a workflow')
    .argument('<workflow>', 'a YAML file, or the name of one in process/workflows/ of the home')
    .argument('[key=value...]', 'its inputs; key:=value takes the value as JSON')
    .option('--workspace <dir>', 'the folder or repository the run is about')
    .option('--id <id>', "the run's own id; the same id and content is run once")
    .option('--what-if', 'show what would change, and change nothing')
    .option('--wait', 'wait for the outcome and print it')
    .action(async (name: string, pairs: string[], options: RunOptions, command: Command) => {
      process.exitCode = await run(command, name, pairs, options);
    });
  workflow
    .command('list')
    .description("the home's workflows")
    .action((_, command: Command) => list(command));
  workflow
    .command('show')
    .description('inputs and steps of a workflow')
    .argument('<workflow>')
    .action(async (name: string, _, command: Command) => {
      const { output } = contextOf(command);
      const found = await find(command, name);
      const { inputs, outputs, steps } = found;
      output.show(found.plan ?? { name: found.name, inputs, outputs, steps }, plain(workflowText(found)));
    });
  addGraph(workflow);
}

function find(command: Command, name: string) {
  const { home } = contextOf(command);
  return findWorkflow(home, name, installedPlugins(home));
}

async function run(command: Command, name: string, pairs: readonly string[], options: RunOptions): Promise<number> {
  const context = contextOf(command);
  const home = demandHome(context);
  makeFolders(home);
  const found = await find(command, name);
  const inputs = Object.fromEntries(pairs.map((pair) => inputOf(pair, found)));
  inputsOf(found, inputs);
  const { source, file, calls } = found;
  const { workspace, whatIf, wait } = options;
  const id = options.id ?? uuidv7();
  const task = checkTask({
    ...{ id, tool: workflowTool, title: found.name.slice(0, 200) },
    input: { workflow: source, file, inputs, ...(Object.keys(calls).length > 0 && { calls }) },
    ...(workspace !== undefined && { workspace: resolve(workspace) }),
    ...(whatIf && { whatIf }),
  });
  if (wait && !(await isRunning(home))) throw fault('KERNEL_NOT_RUNNING', { path: home.path });
  const before = wait ? failedBefore(home, id) : 0;
  const dropped = dropTasks(home, [task]);
  if (wait) return waitFor(context, id, task, before);
  context.output.show({ id, file: dropped }, `Began ${id} (${found.name}).\nFollow it with: arbiter show ${id}`);
  return exitCodes.done;
}

/** Text stays text where the workflow wants text; elsewhere what reads as JSON is JSON. */
function inputOf(pair: string, { inputs }: Interface): [string, unknown] {
  const match = /^([^=:]+)(:?=)(.*)$/s.exec(pair);
  if (!match) throw new InvalidArgumentError(`"${pair}" is not key=value.`);
  const [, key, operator, text] = match as unknown as [string, string, string, string];
  if (operator === ':=') return [key, asJson(text, key)];
  const type = inputs?.[key]?.type;
  if (type === undefined || type === 'string') return [key, text];
  try {
    return [key, JSON.parse(text)];
  } catch {
    return [key, text];
  }
}

async function list(command: Command): Promise<void> {
  const { home, output } = contextOf(command);
  const tools = installedPlugins(home);
  const rows = [];
  for (const path of workflowFiles(home)) {
    try {
      const { file, name, steps } = await openWorkflow(home, path, tools);
      rows.push({ file, name, steps: steps.length, problem: null });
    } catch (error) {
      if (!(error instanceof ArbiterError)) throw error;
      rows.push({ file: path, name: null, steps: null, problem: error.message });
    }
  }
  const cells = rows.map(({ file, name, steps, problem }) => [file, name ?? '', `${steps ?? ''}`, problem ?? '']);
  output.show({ workflows: rows }, plain(table(['file', 'name', 'steps', ''], cells)));
}

function workflowText({ name, inputs, plan, steps, work }: FoundWorkflow): string {
  const given = Object.entries(inputs ?? {}).map(([key, input]) => `  input ${key}${inputText(input)}`);
  const lines = plan
    ? plan.parts.flatMap((part) => partLines(part, '  '))
    : steps.map((step) => `  ${stepLine(step, (work.get(step) as NodeTask).action, [])}`);
  return [name, ...given, ...lines].join('\n');
}

function inputText({ type, default: otherwise }: WorkflowInput): string {
  return `${type ? `: ${type}` : ''}${otherwise === undefined ? '' : ` = ${JSON.stringify(otherwise)}`}`;
}

function partLines(part: Part, indent: string): string[] {
  const inner = (parts: readonly Part[]) => parts.flatMap((one) => partLines(one, `${indent}  `));
  switch (part.kind) {
    case 'group':
      return [`${indent}${part.name}: side by side, ${part.mayFail} may fail`, ...inner(part.parts)];
    case 'block':
      return [`${indent}${part.name}: one after another`, ...inner(part.parts)];
    case 'choice':
      return [`${indent}the first of`, ...inner(part.parts)];
  }
  const { name, action, when, onError, attempts, compensate } = part;
  const facts = [
    when !== null && `when ${when}`,
    attempts !== null && `${attempts} attempts`,
    onError !== 'fail' && `on error: ${onError}`,
    compensate && `undone by ${compensate.tool}`,
  ];
  return [
    `${indent}${stepLine(
      name,
      action,
      facts.filter((fact) => typeof fact === 'string'),
    )}`,
  ];
}

function stepLine(name: string, { tool, verbatim }: Action, facts: readonly string[]): string {
  const called = verbatim ? ` ${verbatim.file}` : '';
  return `${name}: ${tool}${called}${facts.length > 0 ? ` (${facts.join('; ')})` : ''}`;
}
