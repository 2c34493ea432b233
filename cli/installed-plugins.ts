// The plugins that a home would run, looked at without a kernel.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Home } from '../kernel/home.ts';
import { findPlugins, type Plugins } from '../kernel/loader/find-plugins.ts';
import { readTrust } from '../kernel/loader/trust.ts';
import { readSettings } from '../kernel/settings.ts';
import { packageRoot } from '../kernel/version.ts';

export function installedPlugins(home: Home): Plugins {
  const settings = existsSync(home.settings) ? readSettings(home).plugins : {};
  return findPlugins(
    [fileURLToPath(new URL('plugins', packageRoot)), home.plugins],
    null,
    settings,
    readTrust(home.trust),
  );
}
