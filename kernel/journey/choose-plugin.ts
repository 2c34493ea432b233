// Which plugin runs a tool, by the table plugin-selection: it is asked with the plugin that declares the tool, and with the
// level of that plugin's certificate at the moment of the claim.
import { fault } from '../../contracts/errors.ts';
import { levelAt } from '../loader/check-certificate.ts';
import type { Plugins } from '../loader/find-plugins.ts';
import type { LoadedPlugin, LoadedTool } from '../loader/plugin.ts';
import { suggestion } from '../validator/phrase.ts';
import type { Decide } from './decide.ts';
import type { Journey } from './journey.ts';

export interface Chosen {
  readonly plugin: LoadedPlugin;
  readonly tool: LoadedTool;
}

/** Throws TOOL_UNKNOWN, PLUGIN_NOT_CHOSEN or PLUGIN_NOT_AVAILABLE. */
export type ChoosePlugin = (journey: Journey, tool: string) => Promise<Chosen>;

export function newChoosePlugin(plugins: Plugins, decide: Decide): ChoosePlugin {
  return async (journey, tool) => {
    const owner = plugins.ownerOf(tool);
    const { level, standing } = certificateOf(owner, journey);
    const { output } = await decide(journey, 'plugin-selection', { tool, owner, certificate: level });
    if (typeof output !== 'string') {
      if (owner !== null) throw fault('PLUGIN_NOT_CHOSEN', { tool, owner, certificate: standing });
      const hint = suggestion(tool, plugins.tools) || '`arbiter plugin list` shows the tools.';
      throw fault('TOOL_UNKNOWN', { tool, hint });
    }
    const plugin = plugins.byId.get(output);
    const loaded = plugin?.tools.get(tool);
    if (!plugin || !loaded) throw fault('PLUGIN_NOT_AVAILABLE', { plugin: output, tool });
    return { plugin, tool: loaded };
  };

  function certificateOf(owner: string | null, { line }: Journey): { level: string | null; standing: string } {
    const plugin = plugins.byId.get(owner ?? '');
    const certified = levelAt(plugin?.certification ?? { state: 'none' }, line.source.claimedAt);
    if ('because' in certified) return { level: null, standing: certified.because };
    return { level: certified.level, standing: `it is certified at ${certified.level}` };
  }
}
