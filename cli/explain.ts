// arbiter explain: why a task went the way it went, and what it could have touched.
import type { Command } from 'commander';
import { fault } from '../contracts/errors.ts';
import type { DecisionRecord, Envelope, NetworkRequest, TaskBody } from '../contracts/generated/ledger.v1.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import type { Task } from '../contracts/generated/task.v1.ts';
import { findTask } from '../kernel/commands/find-task.ts';
import type { Home } from '../kernel/home.ts';
import { profiles } from '../kernel/host/profiles.ts';
import { workflowRunOf } from '../kernel/workflows/workflow-task.ts';
import { openReader, type StoredEntry } from '../ledger/reader.ts';
import { drawPicture } from '../process/drawing/draw-picture.ts';
import { pictureOfFile } from '../process/drawing/picture-of-file.ts';
import { asDrawn, pictureOfGraph } from '../process/drawing/picture-of-graph.ts';
import { wayThrough } from '../process/drawing/way.ts';
import type { StepGraph } from '../process/step-graph.ts';
import type { Report } from '../process/workflows/advance.ts';
import { workflowTool } from '../process/workflows/kernel-tools.ts';
import { prepareWorkflow } from '../process/workflows/read-workflow.ts';
import { contextOf, demandHome } from './context.ts';
import { diagramFile } from './diagram-file.ts';
import { installedPlugins } from './installed-plugins.ts';
import { plain } from './output.ts';
import { writePicture } from './write-picture.ts';

export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('every decision about a task: table, version, rule, inputs; and what the task could touch')
    .argument('<id>', 'the id of a task, or the number of a ledger entry')
    .option('--svg <file>', 'draw the way that it took there')
    .action(async (id: string, { svg }: { svg?: string }, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      const reader = openReader(home.ledger);
      try {
        const entry = findTask(reader, id, home.path).findLast(({ body }) => body.kind === 'task');
        if (!entry) throw fault('TASK_NOT_FOUND', { id, where: home.path });
        const body = entry.body as TaskBody;
        const touch = couldTouch(body);
        const retries = (entry.envelope.retries ?? []) as unknown as {
          decision: DecisionRecord;
          code: string;
          delayMs: number;
        }[];
        const picture = svg === undefined ? null : writePicture(svg, await drawnWay(home, entry));
        context.output.show(
          {
            id: entry.taskKey,
            entry: entry.seq,
            outcome: body.outcome,
            path: entry.envelope.path ?? [],
            decisions: body.decisions,
            retries,
            couldTouch: touch,
            network: entry.envelope.network ?? [],
            denied: entry.envelope.denied ?? [],
            ...(body.error && { error: body.error }),
            ...(picture && { picture }),
          },
          explanation(entry.seq, entry.taskKey, body, entry.envelope, retries, touch) +
            plain(picture ? `\npicture   ${picture}` : ''),
        );
      } finally {
        reader.close();
      }
    });
}

/** The diagram of the home, or the workflow where it is a run of one, with the way that the task took through it. */
async function drawnWay(home: Home, { seq, taskKey, body, envelope }: StoredEntry): Promise<string> {
  const { outcome, error, task } = body as TaskBody;
  const [, ...nodes] = envelope.path ?? [];
  const run = task?.tool === workflowTool && nodes.length > 0 ? await graphOfRun(home, task as Task) : null;
  const picture = run ? await pictureOfGraph(run.graph, run.name) : await pictureOfFile(diagramFile(home));
  const path = run ? nodes.filter((id) => run.graph.nodes.has(id)) : (envelope.path ?? []);
  const way = wayThrough(picture, path);
  const heading = [
    `${taskKey}: ${outcome}`,
    `entry ${seq}${error ? ` · ${error.message} (${error.code})` : ''}`,
    ...(way.missing.length > 0 ? [`not in this diagram any more: ${way.missing.join(', ')}`] : []),
  ];
  return drawPicture(picture, { way, heading });
}

/** As it was given to the run, whatever its file holds by now. */
async function graphOfRun(home: Home, task: Task): Promise<{ graph: StepGraph; name: string }> {
  const { workflow: source, file, calls } = workflowRunOf(task);
  const library = (name: string) => calls[name] ?? null;
  const surroundings = { tools: installedPlugins(home), tables: null, library };
  const { graph, name } = await prepareWorkflow({ source, file }, surroundings);
  return { graph: asDrawn(graph), name };
}

function explanation(
  seq: number,
  key: string,
  body: TaskBody,
  envelope: Envelope,
  retries: readonly { decision: DecisionRecord; code: string; delayMs: number }[],
  touch: readonly string[],
): string {
  const path = envelope.path ?? [];
  const run = body.task?.tool === workflowTool ? (body.result?.output as Partial<Report> | undefined) : undefined;
  const lines = [
    `${key}: ${body.outcome} [entry ${seq}]`,
    ...(body.error ? [`because   ${body.error.message} (${body.error.code})`] : []),
    `path      ${path.length > 0 ? path.join(' → ') : 'it was refused before its journey began'}`,
    ...Object.entries(run?.steps ?? {}).map(([step, status]) => `step      ${step}: ${status}`),
    ...Object.entries(run?.compensations ?? {}).map(([step, status]) => `undone    ${step}: ${status}`),
    ...body.decisions.map((decision) => `decision  ${decisionText(decision)}`),
    ...retries.map(
      ({ decision, code, delayMs }) => `retry     after ${code}: ${decisionText(decision)}, waited ${delayMs} ms`,
    ),
    ...(body.gates ?? []).map(({ id, verdict }) => `gate      ${id}: ${verdict}`),
    ...(envelope.network ?? []).map((request) => `network   ${requestText(request)}`),
    ...(envelope.denied ?? []).map(({ method }) => `denied    ${method}`),
    'could touch',
    ...touch.map((line) => `  ${line}`),
  ];
  return lines.map(plain).join('\n');
}

function decisionText({ table, version, rules, inputs, output }: DecisionRecord): string {
  const given = Object.entries(inputs).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const rule = rules.length === 0 ? 'no rule' : `rule ${rules.join(', ')}`;
  return `${table}: ${rule} → ${JSON.stringify(output)}  (${given.join(', ')}; version ${version.slice(7, 19)})`;
}

function requestText({
  method,
  host,
  port,
  path,
  verdict,
  status,
  sent,
  received,
  credential,
}: NetworkRequest): string {
  const answer = status === undefined ? '' : ` → ${status}`;
  const added = credential === undefined ? '' : `, with the credential ${credential}`;
  return `${method} ${host}:${port}${path ?? ''}${answer}: ${verdict} (${sent} bytes sent, ${received} received${added})`;
}

/** From the entry alone: category, isolation and grants say what was within reach. */
function couldTouch({ plugin, isolation, grants, task }: TaskBody): string[] {
  if (!plugin) return ['nothing: no plugin was run'];
  if (isolation === 'process')
    return [`whatever the user who ran the kernel could: isolation was "process", which is none`];
  const profile = profiles[plugin.category as PluginSpec['category']];
  const { kernel = [], hosts = [] } = (grants ?? {}) as {
    kernel?: string[];
    hosts?: { host: string; port: number; access: string }[];
  };
  const workspace = JSON.stringify(task?.workspace ?? null);
  return [
    {
      none: 'workspace: none',
      read: `workspace: reading ${workspace}`,
      write: `workspace: a private copy of ${workspace}; the kernel applied what it found changed`,
    }[profile.workspace],
    "files:     the system's programs, read-only, and a scratch of its own",
    hosts.length === 0
      ? 'network:   none'
      : `network:   ${hosts.map(({ host, port, access }) => `${host}:${port} (${access})`).join(', ')}`,
    `kernel:    ${kernel.length === 0 ? 'no calls' : kernel.join(', ')}`,
  ];
}
