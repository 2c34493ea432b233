// arbiter submit: writes one task into the inbox.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { fault } from '../contracts/errors.ts';
import { isRunning } from '../kernel/control.ts';
import { type Home, makeFolders } from '../kernel/home.ts';
import { dropTasks } from '../kernel/queue/submit.ts';
import { suggestion } from '../kernel/validator/phrase.ts';
import { checkTask } from '../kernel/validator/task.ts';
import { digestOfValue } from '../ledger/digest.ts';
import { openReader } from '../ledger/reader.ts';
import { asInteger, asJson } from './arguments.ts';
import { type Context, contextOf, demandHome } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { installedPlugins } from './installed-plugins.ts';

interface SubmitOptions {
  readonly workspace?: string;
  readonly ref?: string;
  readonly id?: string;
  readonly priority?: number;
  readonly whatIf?: boolean;
  readonly approval?: boolean;
  readonly dependsOn?: string[];
  readonly notBefore?: string;
  readonly tag?: string[];
  readonly title?: string;
  readonly input?: string;
  readonly wait?: boolean;
}

const pollMs = 50;

export function addSubmit(program: Command): void {
  program
    .command('submit')
    .description('drop one task into the inbox')
    .argument('<tool>', 'the operation to run')
    .argument('[key=value...]', 'its input; key:=value takes the value as JSON')
    .option('--workspace <dir>', 'the folder or repository the task is about')
    .option('--ref <branch>', 'the branch to work on')
    .option('--id <id>', "the task's own id; the same id and content is run once")
    .option('--priority <n>', '1 (most urgent) to 10', asInteger)
    .option('--what-if', 'show what would change, and change nothing')
    .option('--approval', 'wait for a person before effects are kept')
    .option('--depends-on <id...>', 'tasks that have to be done first')
    .option('--not-before <time>', 'earliest start, RFC 3339')
    .option('--tag <word...>', 'words that decision tables may look at')
    .option('--title <text>', 'a line for people')
    .option('--input <file>', 'read the input from a JSON file, or from - (standard input)')
    .option('--wait', 'wait for the outcome and print it')
    .action(async (tool: string, pairs: string[], options: SubmitOptions, command: Command) => {
      const context = contextOf(command);
      process.exitCode = await submit(context, tool, pairs, options);
    });
}

async function submit(
  context: Context,
  tool: string,
  pairs: readonly string[],
  options: SubmitOptions,
): Promise<number> {
  const home = demandHome(context);
  makeFolders(home);
  const plugins = installedPlugins(home);
  const owner = plugins.ownerOf(tool);
  if (owner === null)
    throw fault('TOOL_UNKNOWN', {
      tool,
      hint: suggestion(tool, plugins.tools) || '`arbiter plugin list` shows the tools.',
    });
  const schema = plugins.byId.get(owner)?.tools.get(tool)?.spec.input;
  const task = checkTask(taskOf(tool, inputOf(pairs, options.input, schema), options));
  if (options.wait && !(await isRunning(home))) throw fault('KERNEL_NOT_RUNNING', { path: home.path });

  const id = task.id as string;
  const before = options.wait ? failedBefore(home, id) : 0;
  const file = dropTasks(home, [task]);
  if (options.wait) return waitFor(context, id, task, before);
  context.output.show({ id, file }, `Dropped ${id} into ${home.inbox}.\nFollow it with: arbiter show ${id}`);
  return exitCodes.done;
}

function taskOf(tool: string, input: Record<string, unknown>, options: SubmitOptions): Record<string, unknown> {
  const { workspace, ref, id, priority, whatIf, approval, dependsOn, notBefore, tag, title } = options;
  const path = workspace === undefined ? undefined : resolve(workspace);
  return {
    id: id ?? uuidv7(),
    tool,
    ...(title !== undefined && { title }),
    input,
    ...(path !== undefined && { workspace: ref === undefined ? path : { path, ref } }),
    ...(priority !== undefined && { priority }),
    ...(whatIf && { whatIf }),
    ...(approval && { approval: 'required' }),
    ...(dependsOn && { dependsOn }),
    ...(notBefore !== undefined && { notBefore }),
    ...(tag && { tags: tag }),
  };
}

function inputOf(
  pairs: readonly string[],
  file: string | undefined,
  schema: Record<string, unknown> | undefined,
): Record<string, unknown> {
  const input: Record<string, unknown> = file === undefined ? {} : readInput(file);
  for (const pair of pairs) {
    const match = /^([^=:]+)(:?=)(.*)$/s.exec(pair);
    if (!match) throw new InvalidArgumentError(`"${pair}" is not key=value.`);
    const [, key, operator, text] = match as unknown as [string, string, string, string];
    input[key] = operator === ':=' ? asJson(text, key) : valueFor(text, key, schema);
  }
  return input;
}

function readInput(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`--input ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  const value = asJson(text, `--input ${file}`);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidArgumentError(`--input ${file} is no JSON object.`);
}

/** Whether the schema, or a branch of it, wants text under `key`. */
function takesText(schema: unknown, key: string): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { properties } = schema as { properties?: Record<string, { type?: unknown }> };
  return properties?.[key]?.type === 'string' || Object.values(schema).some((inner) => takesText(inner, key));
}

/** Text stays text where the tool's schema wants text; elsewhere what reads as JSON is JSON. */
function valueFor(text: string, key: string, schema: Record<string, unknown> | undefined): unknown {
  if (takesText(schema, key)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Number of the entry that says that this id failed earlier; that one is not the answer. */
export function failedBefore(home: Home, id: string): number {
  const reader = openReader(home.ledger);
  const past = reader.outcomeOf(id);
  reader.close();
  return past && past.body.outcome !== 'done' && past.body.outcome !== 'planned' ? past.seq : 0;
}

/** Prints the outcome of a task once it has one that is later than entry `after`; gives the exit code. */
export async function waitFor(
  { home, output }: Context,
  id: string,
  task: { id?: string },
  after: number,
): Promise<number> {
  const { id: _, ...content } = task;
  const digest = digestOfValue(content);
  const reader = openReader(home.ledger);
  try {
    for (;;) {
      const entry = reader.outcomeOf(id);
      if (entry && entry.seq > after) {
        const { outcome, error, result, effects, taskDigest } = entry.body;
        if (taskDigest !== digest) throw fault('ID_REUSED', { id, entry: entry.seq });
        const { note } = entry.envelope;
        output.show(
          {
            id,
            status: outcome,
            entry: entry.seq,
            ...(result && { output: result.output }),
            ...(effects && { effects: effects.files }),
            ...(error && { error }),
            ...(note && { note }),
          },
          [
            `${id}: ${outcome} [entry ${entry.seq}]`,
            error?.message,
            note,
            result && JSON.stringify(result.output, null, 2),
          ]
            .filter(Boolean)
            .join('\n'),
        );
        return outcome === 'done' || outcome === 'planned' ? exitCodes.done : exitCodes.someFailed;
      }
      await delay(pollMs);
    }
  } finally {
    reader.close();
  }
}
