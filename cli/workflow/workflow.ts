// arbiter workflow: runs a workflow, lists those of the home, shows one.
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { isRunning } from '../../kernel/control.ts';
import { makeFolders } from '../../kernel/home.ts';
import { dropTasks } from '../../kernel/queue/submit.ts';
import { checkTask } from '../../kernel/validator/task.ts';
import { inputsOf, workflowTool } from '../../kernel/workflows/workflow-task.ts';
import type { Part, WorkflowInput, WorkflowPlan } from '../../process/workflows/workflow.ts';
import { asJson } from '../arguments.ts';
import { contextOf, demandHome } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { installedPlugins } from '../installed-plugins.ts';
import { plain, table } from '../output.ts';
import { failedBefore, waitFor } from '../submit.ts';
import { findWorkflow, openWorkflow, workflowFiles } from './find-workflow.ts';
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
    .action((name: string, _, command: Command) => {
      const { output } = contextOf(command);
      const { plan } = find(command, name);
      output.show(plan, plain(planText(plan)));
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
  const { source, file, plan } = find(command, name);
  const inputs = Object.fromEntries(pairs.map((pair) => inputOf(pair, plan)));
  inputsOf(plan, inputs);
  const { workspace, whatIf, wait } = options;
  const id = options.id ?? uuidv7();
  const task = checkTask({
    ...{ id, tool: workflowTool, title: plan.name, input: { workflow: source, file, inputs } },
    ...(workspace !== undefined && { workspace: resolve(workspace) }),
    ...(whatIf && { whatIf }),
  });
  if (wait && !(await isRunning(home))) throw fault('KERNEL_NOT_RUNNING', { path: home.path });
  const before = wait ? failedBefore(home, id) : 0;
  const dropped = dropTasks(home, [task]);
  if (wait) return waitFor(context, id, task, before);
  context.output.show({ id, file: dropped }, `Began ${id} (${plan.name}).\nFollow it with: arbiter show ${id}`);
  return exitCodes.done;
}

/** Text stays text where the workflow wants text; elsewhere what reads as JSON is JSON. */
function inputOf(pair: string, { inputs }: WorkflowPlan): [string, unknown] {
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

function list(command: Command): void {
  const { home, output } = contextOf(command);
  const tools = installedPlugins(home);
  const rows = workflowFiles(home).map((path) => {
    try {
      const { file, plan } = openWorkflow(path, tools);
      return { file, name: plan.name, steps: plan.parts.length, problem: null };
    } catch (error) {
      if (!(error instanceof ArbiterError)) throw error;
      return { file: path, name: null, steps: null, problem: error.message };
    }
  });
  const cells = rows.map(({ file, name, steps, problem }) => [file, name ?? '', `${steps ?? ''}`, problem ?? '']);
  output.show({ workflows: rows }, plain(table(['file', 'name', 'parts', ''], cells)));
}

function planText({ name, inputs, parts }: WorkflowPlan): string {
  const given = Object.entries(inputs ?? {}).map(([key, input]) => `  input ${key}${inputText(input)}`);
  return [name, ...given, ...parts.flatMap((part) => partLines(part, '  '))].join('\n');
}

function inputText({ type, default: otherwise }: WorkflowInput): string {
  return `${type ? `: ${type}` : ''}${otherwise === undefined ? '' : ` = ${JSON.stringify(otherwise)}`}`;
}

function partLines(part: Part, indent: string): string[] {
  if (part.kind !== 'step')
    return [
      `${indent}${part.kind === 'group' ? `${part.name}: side by side, ${part.mayFail} may fail` : 'the first of'}`,
      ...part.steps.flatMap((step) => partLines(step, `${indent}  `)),
    ];
  const { name, action, when, onError, attempts, compensate } = part;
  const facts = [
    when !== null && `when ${when}`,
    attempts !== null && `${attempts} attempts`,
    onError !== 'fail' && `on error: ${onError}`,
    compensate && `undone by ${compensate.tool}`,
  ].filter(Boolean);
  return [`${indent}${name}: ${action.tool}${facts.length > 0 ? ` (${facts.join('; ')})` : ''}`];
}
