import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { Task } from '../../contracts/generated/task.v1.ts';
import { loadDecisions } from '../../process/decide.ts';
import { findPlugins, type Plugins } from '../loader/find-plugins.ts';
import { packageRoot } from '../version.ts';
import { newChoosePlugin } from './choose-plugin.ts';
import { type Decide, newDecide } from './decide.ts';
import { type Journey, newJourney } from './journey.ts';
import { newPlan } from './plan.ts';

const own = (path: string) => fileURLToPath(new URL(path, packageRoot));

function journeyOf(task: Task): Journey {
  const source = { claim: 'claim', file: 'many.jsonl', line: 1, claimedAt: '2026-01-01T00:00:00.000Z' };
  return newJourney({ source, task, id: 'claim:1', digest: 'sha256:00' }, '');
}

describe('the plan', () => {
  let plugins: Plugins;
  let decide: Decide;

  before(async () => {
    plugins = findPlugins([own('plugins')], null, {});
    decide = newDecide(await loadDecisions([own('process/decisions.dmn')]));
  });

  it('picks plugin and tool by the table, and keeps the decision', async () => {
    const journey = journeyOf({ tool: 'git-log' });

    await newPlan(newChoosePlugin(plugins, decide))(journey);

    assert.equal(journey.plugin?.spec.id, 'git-inspector');
    assert.equal(journey.tool?.name, 'git-log');
    assert.deepEqual(
      journey.decisions.map(({ table, output }) => [table, output]),
      [['plugin-selection', 'git-inspector']],
    );
  });

  it('refuses a tool that nobody offers, and says which is near', async () => {
    await assert.rejects(newPlan(newChoosePlugin(plugins, decide))(journeyOf({ tool: 'git-lgo' })), {
      code: 'TOOL_UNKNOWN',
      message: 'No plugin offers the tool git-lgo.',
      remedy: 'Did you mean "git-log"?',
    });
    await assert.rejects(newPlan(newChoosePlugin(plugins, decide))(journeyOf({ tool: 'make-coffee-strong' })), {
      remedy: '`arbiter plugin list` shows the tools.',
    });
  });

  it('refuses a request, for which there is no router', async () => {
    await assert.rejects(newPlan(newChoosePlugin(plugins, decide))(journeyOf({ request: 'tidy up' })), {
      code: 'REQUEST_NOT_ROUTED',
      message: 'The task is a free-text request.',
    });
  });

  it('refuses a plugin of the table that is not there, or lacks the tool', async () => {
    for (const output of ['nobody', 'task-parser']) {
      const misled: Decide = async () => ({ table: 'plugin-selection', version: '', rules: [], inputs: {}, output });
      await assert.rejects(newPlan(newChoosePlugin(plugins, misled))(journeyOf({ tool: 'git-log' })), {
        code: 'PLUGIN_NOT_AVAILABLE',
        message: `The plugin ${output}, chosen by the table for git-log, is not installed or does not offer it.`,
      });
    }
  });
});
