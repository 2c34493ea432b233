// The settings with which a plugin is put to the test. In a home they are the operator's; here they are its author's, beside
// its fixtures.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { unmet } from './case.ts';

type Settings = Record<string, unknown>;

export const settingsFile = 'conformance/settings.json';

/** By the plugin's id, as arbiter.yaml has them. Throws, as unmet, what is not a JSON object. */
export function pluginSettings(folder: string, { id }: PluginSpec): Record<string, Settings> {
  return { [id]: readSettings(folder) };
}

function readSettings(folder: string): Settings {
  const path = join(folder, settingsFile);
  if (!existsSync(path)) return {};
  const wrong = (came: string) =>
    unmet('an object of JSON with the settings for its tests', came, `look at ${settingsFile}`, settingsFile);
  let settings: unknown;
  try {
    settings = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrong((error as Error).message);
  }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw wrong(JSON.stringify(settings));
  return settings as Settings;
}
