// Finds plugins below plugins/: the package's own, and the home's, which win where the id is the same.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { loadPlugin } from './load-plugin.ts';
import type { LoadedPlugin } from './plugin.ts';
import type { Trust } from './trust.ts';

export interface Plugins {
  readonly byId: ReadonlyMap<string, LoadedPlugin>;
  /** Which plugin declares a tool; a plugin of the home before one of the package. */
  ownerOf(tool: string): string | null;
  readonly tools: readonly string[];
  /** Plugins that were refused, with the reason. Tasks for their tools are refused too. */
  readonly refused: readonly { readonly folder: string; readonly error: ArbiterError }[];
}

/**
 * Loads every plugin below `roots`; a later root wins. `settings` holds the values of arbiter.yaml by plugin id, `trust` the
 * keys whose certificates count.
 */
export function findPlugins(
  roots: readonly string[],
  store: string | null,
  settings: Readonly<Record<string, Record<string, unknown>>>,
  trust: Trust = [],
): Plugins {
  const byId = new Map<string, LoadedPlugin>();
  const refused: { folder: string; error: ArbiterError }[] = [];
  for (const root of roots) {
    const inRoot = new Map<string, string>();
    for (const folder of pluginFolders(root)) {
      try {
        const plugin = loadPlugin(folder, store, settings, trust);
        const twin = inRoot.get(plugin.spec.id);
        if (twin) throw fault('PLUGIN_DUPLICATE', { plugin: plugin.spec.id, first: twin, second: folder });
        inRoot.set(plugin.spec.id, folder);
        // Its place in the order is that of its root, whatever it replaces.
        byId.delete(plugin.spec.id);
        byId.set(plugin.spec.id, plugin);
      } catch (error) {
        if (!(error instanceof ArbiterError)) throw error;
        refused.push({ folder, error });
        // A plugin that was to take the place of another does not leave that one to run in its stead.
        if (error.code !== 'PLUGIN_DUPLICATE') byId.delete(basename(folder));
      }
    }
  }

  const owners = new Map<string, string>();
  for (const plugin of byId.values()) for (const tool of plugin.tools.keys()) owners.set(tool, plugin.spec.id);
  return { byId, refused, tools: [...owners.keys()].sort(), ownerOf: (tool) => owners.get(tool) ?? null };
}

/** Folders with a plugin.spec.json, one or two levels below `root`, in order of their names. */
function pluginFolders(root: string): string[] {
  return subfolders(root)
    .flatMap((folder) => (isPlugin(folder) ? [folder] : subfolders(folder).filter(isPlugin)))
    .sort();
}

function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

function isPlugin(folder: string): boolean {
  return existsSync(join(folder, 'plugin.spec.json'));
}
