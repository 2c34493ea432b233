// Plan: picks tool and plugin by decision table.
import { fault } from '../../contracts/errors.ts';
import type { Plugins } from '../loader/find-plugins.ts';
import { suggestion } from '../validator/phrase.ts';
import type { Decide } from './decide.ts';
import type { Step } from './journey.ts';

export function newPlan(plugins: Plugins, decide: Decide): Step {
  return async (journey) => {
    const { tool } = journey.line.task;
    if (tool === undefined) throw fault('REQUEST_NOT_ROUTED', {});
    const selection = await decide(journey, 'plugin-selection', { tool, owner: plugins.ownerOf(tool) });
    if (typeof selection.output !== 'string') {
      const hint = suggestion(tool, plugins.tools) || '`arbiter plugin list` shows the tools.';
      throw fault('TOOL_UNKNOWN', { tool, hint });
    }
    const plugin = plugins.byId.get(selection.output);
    const loaded = plugin?.tools.get(tool);
    if (!plugin || !loaded) throw fault('PLUGIN_NOT_AVAILABLE', { plugin: selection.output, tool });
    journey.plugin = plugin;
    journey.tool = loaded;
  };
}
