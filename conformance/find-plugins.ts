import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const plugins = fileURLToPath(new URL('../plugins/', import.meta.url));

/** The folder of every plugin two levels below `root`, sorted. Throws when there is none: a check of nothing is no check. */
export function findPlugins(root: string = plugins): string[] {
  const found = readdirSync(root, { withFileTypes: true })
    .filter((category) => category.isDirectory())
    .flatMap((category) =>
      readdirSync(join(root, category.name), { withFileTypes: true })
        .filter((plugin) => plugin.isDirectory())
        .map((plugin) => join(root, category.name, plugin.name)),
    );
  if (found.length === 0) throw new Error(`${root} holds no plugin: there is nothing to generate or to check.`);
  return found.sort();
}
