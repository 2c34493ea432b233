// Where workflows are: a file that is named, or process/workflows/ of the home.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { Home } from '../../kernel/home.ts';
import type { Tools } from '../../process/workflows/expand-workflow.ts';
import { prepareWorkflow, type RunnableWorkflow, readWorkflowFile } from '../../process/workflows/read-workflow.ts';

export interface FoundWorkflow extends RunnableWorkflow {
  /** What the file holds. */
  readonly source: unknown;
  /** Its name without folders. */
  readonly file: string;
}

const ending = /\.ya?ml$/;

/** The files of the home's workflows. */
export function workflowFiles(home: Home): string[] {
  const folder = join(home.process, 'workflows');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Throws WORKFLOW_UNKNOWN, and what `openWorkflow` throws. */
export function findWorkflow(home: Home, name: string, tools: Tools): FoundWorkflow {
  const files = workflowFiles(home);
  const file = files.find((one) => basename(one).replace(ending, '') === name);
  if (file) return openWorkflow(file, tools);
  if (existsSync(name) && statSync(name).isFile()) return openWorkflow(name, tools);
  const known = files.map((one) => basename(one).replace(ending, '')).join(', ') || 'there is none';
  throw fault('WORKFLOW_UNKNOWN', { name, known });
}

/** Throws WORKFLOW_INVALID. */
export function openWorkflow(path: string, tools: Tools): FoundWorkflow {
  const source = readWorkflowFile(path);
  const file = basename(path);
  return { source, file, ...prepareWorkflow(source, tools, file) };
}
