// Where workflows are: a file that is named, or process/workflows/ of the home.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import type { Home } from '../../kernel/home.ts';
import type { Tools } from '../../process/workflows/expand-action.ts';
import {
  type PreparedWorkflow,
  prepareWorkflow,
  readWorkflowFile,
  type WorkflowFile,
  workflowEnding,
} from '../../process/workflows/read-workflow.ts';
import { tableIds } from '../decision-tables.ts';

export interface FoundWorkflow extends PreparedWorkflow, WorkflowFile {
  readonly path: string;
}

/** The files of the home's workflows. */
export function workflowFiles(home: Home): string[] {
  const folder = join(home.process, 'workflows');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => workflowEnding.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Throws WORKFLOW_UNKNOWN, and what `openWorkflow` throws. */
export function findWorkflow(home: Home, name: string, tools: Tools): Promise<FoundWorkflow> {
  const files = workflowFiles(home);
  const file = files.find((one) => basename(one).replace(workflowEnding, '') === name);
  if (file) return openWorkflow(home, file, tools);
  if (existsSync(name) && statSync(name).isFile()) return openWorkflow(home, name, tools);
  const known = files.map((one) => basename(one).replace(workflowEnding, '')).join(', ') || 'there is none';
  throw fault('WORKFLOW_UNKNOWN', { name, known });
}

/** Throws WORKFLOW_INVALID. */
export async function openWorkflow(home: Home, path: string, tools: Tools): Promise<FoundWorkflow> {
  const own = readWorkflowFile(path);
  const byName = new Map(workflowFiles(home).map((one) => [basename(one).replace(workflowEnding, ''), one]));
  const library = (name: string) => {
    const file = byName.get(name);
    return file === undefined ? null : readWorkflowFile(file);
  };
  return { path, ...own, ...(await prepareWorkflow(own, { tools, tables: await tableIds(home), library })) };
}
