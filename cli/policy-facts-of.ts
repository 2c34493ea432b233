// What policies are asked about a task that is not run: one in a file, or one of the ledger.

import { existsSync, readFileSync } from 'node:fs';
import { check } from '../contracts/check.ts';
import { fault } from '../contracts/errors.ts';
import type { TaskBody } from '../contracts/generated/ledger.v1.ts';
import type { Task } from '../contracts/generated/task.v1.ts';
import { findTask } from '../kernel/commands/find-task.ts';
import type { Home } from '../kernel/home.ts';
import { policyFacts } from '../kernel/journey/policy-facts.ts';
import { requestLine } from '../kernel/outbox/outbox.ts';
import { contentsOf } from '../kernel/safety/effect-contents.ts';
import { newEffectStore } from '../kernel/safety/effect-store.ts';
import { openReader } from '../ledger/reader.ts';
import type { Finding, PolicyFacts } from '../policies/facts.ts';
import { type Content, findSecrets } from '../policies/find-secrets.ts';
import { installedPlugins } from './installed-plugins.ts';
import { viewRequests } from './request-view.ts';

export interface AskedTask {
  readonly title: string;
  readonly facts: PolicyFacts;
  /** Files of the effects whose content is not kept: they were not searched for secrets. */
  readonly notSearched: readonly string[];
}

/** `asked`: a file with one task, the id of a task, or the number of an entry. Throws TASK_NOT_FOUND, TASK_INVALID. */
export async function policyFactsOf(home: Home, asked: string): Promise<AskedTask> {
  if (existsSync(asked)) return ofFile(home, asked);
  const reader = openReader(home.ledger);
  try {
    const entry = findTask(reader, asked, home.path).findLast(({ body }) => body.kind === 'task');
    if (!entry) throw fault('TASK_NOT_FOUND', { id: asked, where: home.path });
    return await ofEntry(home, `${entry.taskKey} [entry ${entry.seq}]`, entry.body as TaskBody);
  } finally {
    reader.close();
  }
}

/** Facts as far as the entry holds them: after the effects where it has some, else before. */
export async function ofEntry(home: Home, title: string, body: TaskBody): Promise<AskedTask> {
  const { effects, plugin, grants, isolation = 'full', rollsBack, requests = [] } = body;
  const task = (body.task ?? {}) as Task;
  const contents: Content[] = [];
  const notSearched: string[] = [];
  const store = newEffectStore(home.effects);
  const read = effects && contentsOf(effects, rollsBack !== undefined, store);
  for (const file of effects?.files ?? []) {
    if (file.after?.type !== 'file') continue;
    const content = await read?.(file, 'after');
    if (content) contents.push({ path: file.path, size: content.length, read: (most) => content.subarray(0, most) });
    else notSearched.push(file.path);
  }
  for (const request of viewRequests(requests, store))
    if (request.content !== undefined) contents.push(textContent(requestLine(request), request.content));
    else if (request.body) notSearched.push(requestLine(request));
  const findings = [...(await findSecrets(contents)), ...recordedFindings(body, notSearched)];
  const spec = plugin && ({ ...plugin, grants } as unknown as Parameters<typeof policyFacts>[0]['plugin']);
  const phase = effects || requests.length > 0 ? 'after' : 'before';
  return {
    title,
    notSearched,
    facts: policyFacts({ task, plugin: spec, workspace: pathOf(task), isolation, phase, effects, requests, findings }),
  };
}

function textContent(path: string, text: string): Content {
  const content = Buffer.from(text);
  return { path, size: content.length, read: (most) => content.subarray(0, most) };
}

/** What was refused is not kept; the secret that it was refused for stands in its reasons. */
function recordedFindings({ verdicts = [] }: TaskBody, paths: readonly string[]): Finding[] {
  const secrets = verdicts.flatMap(({ reasons }) => reasons).filter(({ rule }) => rule === 'secret');
  return secrets.flatMap(({ message }) => {
    const [, path = '', line, what = ''] = /^(.*):(\d+) holds a secret \((.*)\)$/.exec(message) ?? [];
    return paths.includes(path) ? [{ kind: 'secret' as const, path, line: Number(line), message: what }] : [];
  });
}

function ofFile(home: Home, file: string): AskedTask {
  const text = readFileSync(file, 'utf8').trim();
  const task = parsed(text, file);
  const plugins = installedPlugins(home);
  const spec = plugins.byId.get(plugins.ownerOf(task.tool ?? '') ?? '')?.spec;
  if (!spec)
    throw fault('TOOL_UNKNOWN', { tool: task.tool ?? '', hint: 'Name a tool that `arbiter plugin list` shows.' });
  const parts = {
    task,
    plugin: spec,
    workspace: pathOf(task),
    isolation: 'full',
    phase: 'before',
    effects: undefined,
    requests: [],
    findings: [],
  } as const;
  return { title: file, notSearched: [], facts: policyFacts(parts) };
}

function parsed(text: string, file: string): Task {
  const refuse = (detail: string) =>
    fault('TASK_INVALID', { detail, expectation: 'What task.v1 describes', hint: `Correct ${file}.` });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const checked = check('task.v1', value);
  if (checked.ok) return checked.value;
  const [misfit] = checked.misfits;
  throw refuse(`${misfit?.instancePath || 'the top'} ${misfit?.message}`);
}

function pathOf({ workspace }: Task): string | undefined {
  return typeof workspace === 'string' ? workspace : workspace?.path;
}
