import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Task } from '../../contracts/generated/task.v1.ts';
import { findPlugins, type Plugins } from '../loader/find-plugins.ts';
import { newGrants } from '../safety/workspace.ts';
import { packageRoot } from '../version.ts';
import { type Journey, newJourney } from './journey.ts';
import { newValidate } from './validate.ts';

let plugins: Plugins;
let folder: string;
let workspace: string;

function journeyOf(task: Task & { tool: string }): Journey {
  const source = { claim: 'claim', file: 'many.jsonl', line: 1, claimedAt: '2026-01-01T00:00:00.000Z' };
  const journey = newJourney({ source, task, id: 'claim:1', digest: 'sha256:00' }, '');
  const plugin = plugins.byId.get(plugins.ownerOf(task.tool) ?? '');
  assert.ok(plugin);
  return Object.assign(journey, { plugin, tool: plugin.tools.get(task.tool) });
}

const validate = (journey: Journey) =>
  newValidate(newGrants([workspace], join(folder, 'home')), async () => undefined)(journey);

async function refuses(task: Task & { tool: string }, code: string, message: string): Promise<void> {
  await assert.rejects(validate(journeyOf(task)), { code, message });
}

describe('validating a task', () => {
  before(() => {
    plugins = findPlugins([fileURLToPath(new URL('plugins', packageRoot))], null, {});
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'validate-')));
    workspace = join(folder, 'granted');
    mkdirSync(workspace);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('passes what fits, resolves its workspace and notes which contracts it fits', async () => {
    const journey = journeyOf({ tool: 'git-status', workspace });

    await validate(journey);

    assert.deepEqual(journey.workspace, { path: workspace, ref: null, hidden: null });
    assert.deepEqual(journey.contracts, { 'task.v1': 'pass', input: 'pass' });
  });

  it('refuses an input that does not fit the schema of the tool, and notes it', async () => {
    const journey = journeyOf({ tool: 'jsonl-parser', input: { txt: '1' } });

    await assert.rejects(validate(journey), {
      code: 'INPUT_INVALID',
      message: 'The input does not fit the schema of jsonl-parser: the top has an unknown key "txt".',
      expected: 'Only text.',
      remedy: 'Did you mean "text"?',
    });
    assert.equal(journey.contracts.input, 'fail');
  });

  it('takes a missing input for an empty one', () =>
    refuses(
      { tool: 'jsonl-parser' },
      'INPUT_INVALID',
      'The input does not fit the schema of jsonl-parser: the top has no "text".',
    ));

  it('refuses a task without the workspace that its tool works on', () =>
    refuses(
      { tool: 'file-writer', input: { path: 'a', content: '' } },
      'WORKSPACE_REQUIRED',
      'The tool file-writer works on a workspace, and the task names none.',
    ));

  it('refuses a workspace for a tool that sees none', () =>
    refuses(
      { tool: 'jsonl-parser', input: { text: '' }, workspace },
      'WORKSPACE_NOT_USED',
      'The tool jsonl-parser gets no workspace, and the task names one.',
    ));

  it('refuses a workspace that is not granted', () =>
    refuses(
      { tool: 'git-status', workspace: folder },
      'WORKSPACE_NOT_GRANTED',
      `The workspace ${folder} lies outside the granted roots.`,
    ));
});
