// arbiter plugin sync: what is generated, generated again.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { syncPlugin } from '../../pdk/sync/sync-plugin.ts';
import { contextOf } from '../context.ts';

export function addSync(plugin: Command): void {
  plugin
    .command('sync')
    .description('bundle a plugin you write, rewrite its AUTO regions and its manifest')
    .argument('[dir]', "the plugin's folder", '.')
    .action(async (dir: string, _options: object, command: Command) => {
      const changed = await syncPlugin(resolve(dir));
      const text = changed.length === 0 ? 'Everything is as it should be.' : `Written: ${changed.join(', ')}`;
      contextOf(command).output.show({ changed }, text);
    });
}
