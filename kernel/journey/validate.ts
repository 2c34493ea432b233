// Validate: the input against the tool's schema, the workspace against the grants, the task against the policies.
import { fault } from '../../contracts/errors.ts';
import { profiles } from '../host/profiles.ts';
import type { Grants } from '../safety/workspace.ts';
import { phrase } from '../validator/phrase.ts';
import type { AskPolicies } from './ask-policies.ts';
import type { Journey, Step } from './journey.ts';

export function newValidate(grants: Grants, askPolicies: AskPolicies): Step {
  return async (journey) => {
    journey.contracts['task.v1'] = 'pass';
    checkInput(journey);
    journey.workspace = resolveWorkspace(journey, grants);
    await askPolicies(journey, 'before');
  };
}

function checkInput({ line, tool, contracts }: Journey): void {
  const misfits = tool?.checkInput(line.task.input ?? {}) ?? [];
  contracts.input = misfits.length === 0 ? 'pass' : 'fail';
  if (misfits.length === 0) return;
  const { detail, expectation, hint } = phrase(misfits);
  throw fault('INPUT_INVALID', { tool: tool?.name ?? '', detail, expectation, hint });
}

function resolveWorkspace({ line, tool, plugin }: Journey, grants: Grants): Journey['workspace'] {
  const category = plugin?.spec.category ?? 'transformation';
  const name = tool?.name ?? '';
  const seesNone = profiles[category].workspace === 'none';
  const need = seesNone ? 'none' : (tool?.spec.workspace ?? 'required');
  const { workspace } = line.task;
  if (workspace === undefined) {
    if (need === 'required') throw fault('WORKSPACE_REQUIRED', { tool: name });
    return null;
  }
  if (need === 'none') throw fault('WORKSPACE_NOT_USED', { tool: name, category });
  return grants.resolve(workspace);
}
