// What policies are asked about a task that is not run: one in a file, or one of the ledger.

import { existsSync, readFileSync } from 'node:fs';
import { check } from '../contracts/check.ts';
import { fault } from '../contracts/errors.ts';
import type { TaskBody } from '../contracts/generated/ledger.v1.ts';
import type { Task } from '../contracts/generated/task.v1.ts';
import { findTask } from '../kernel/commands/find-task.ts';
import type { Home } from '../kernel/home.ts';
import { policyFacts, textsOf } from '../kernel/journey/policy-facts.ts';
import { type RecordedFacts, recordedFacts, workspacePath } from '../kernel/journey/recorded-facts.ts';
import { newEffectStore } from '../kernel/safety/effect-store.ts';
import { openReader } from '../ledger/reader.ts';
import { secretsInTask } from '../policies/secrets-in-task.ts';
import { installedPlugins } from './installed-plugins.ts';

export interface AskedTask extends RecordedFacts {
  readonly title: string;
}

/** `asked`: a file with one task, the id of a task, or the number of an entry. Throws TASK_NOT_FOUND, TASK_INVALID. */
export async function policyFactsOf(home: Home, asked: string): Promise<AskedTask> {
  if (existsSync(asked)) return ofFile(home, asked);
  const reader = openReader(home.ledger);
  try {
    const entry = findTask(reader, asked, home.path).findLast(({ body }) => body.kind === 'task');
    if (!entry) throw fault('TASK_NOT_FOUND', { id: asked, where: home.path });
    const recorded = await recordedFacts(entry.body as TaskBody, newEffectStore(home.effects));
    return { title: `${entry.taskKey} [entry ${entry.seq}]`, ...recorded };
  } finally {
    reader.close();
  }
}

async function ofFile(home: Home, file: string): Promise<AskedTask> {
  const text = readFileSync(file, 'utf8').trim();
  const task = parsed(text, file);
  const plugins = installedPlugins(home);
  const spec = plugins.byId.get(plugins.ownerOf(task.tool ?? '') ?? '')?.spec;
  if (!spec)
    throw fault('TOOL_UNKNOWN', { tool: task.tool ?? '', hint: 'Name a tool that `arbiter plugin list` shows.' });
  const parts = {
    task,
    plugin: spec,
    workspace: workspacePath(task),
    isolation: 'full',
    phase: 'before',
    effects: undefined,
    requests: [],
    findings: await secretsInTask(textsOf(task)),
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
