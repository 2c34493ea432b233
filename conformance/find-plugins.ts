import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const plugins = fileURLToPath(new URL('../plugins/', import.meta.url));

/** The folder of every plugin of this package, sorted. Throws when there is none: a check of nothing is no check. */
export function findPlugins(): string[] {
  const found = readdirSync(plugins, { withFileTypes: true })
    .filter((category) => category.isDirectory())
    .flatMap((category) =>
      readdirSync(join(plugins, category.name), { withFileTypes: true })
        .filter((plugin) => plugin.isDirectory())
        .map((plugin) => join(plugins, category.name, plugin.name)),
    );
  if (found.length === 0) throw new Error('plugins/ holds no plugin: there is nothing to generate or to check.');
  return found.sort();
}
