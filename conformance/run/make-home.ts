// A home for one run: the settings asked for, those of the plugin, and the policies that count.
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../contracts/generated/settings.v1.ts';
import { type Home, homeAt, makeFolders } from '../../kernel/home.ts';
import { pluginSettings } from './plugin-settings.ts';
import type { Subject } from './subject.ts';

export function makeHome({ place, folder, spec, policies }: Subject, settings: Omit<Settings, 'schema'>): Home {
  const home = homeAt(join(mkdtempSync(join(place, 'run-')), 'home'));
  makeFolders(home);
  const plugins = pluginSettings(folder, spec);
  writeFileSync(home.settings, JSON.stringify({ schema: 'settings.v1', plugins, ...settings }));
  if (policies !== null) cpSync(policies, home.policies, { recursive: true });
  return home;
}
