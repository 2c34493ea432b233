// arbiter plugin list.
import type { Command } from 'commander';
import { type Certification, levelAt } from '../../kernel/loader/check-certificate.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { installedPlugins } from '../installed-plugins.ts';
import { asJson, inOneLine, plain, table, worded } from '../output.ts';
import { openCircuits } from '../vital-signs.ts';

export function addList(plugin: Command): void {
  plugin
    .command('list')
    .description('plugins and their tools')
    .action((_options: object, command: Command) => {
      const { home, output } = contextOf(command);
      const { byId, refused } = installedPlugins(home);
      const plugins = [...byId.values()];
      const open = openCircuits(home);
      const rows = plugins.map(({ spec, tools, certification }) =>
        [
          ...[spec.id, spec.version, spec.category, levelOf(certification) ?? ''],
          ...[open.has(spec.id) ? 'left alone' : '', [...tools.keys()].join(', ')],
        ].map(plain),
      );
      output.show(
        {
          plugins: plugins.map(({ spec, digest, tools, folder, certification, warnings }) => ({
            id: spec.id,
            version: spec.version,
            category: spec.category,
            digest,
            folder,
            certificate: levelOf(certification),
            leftAloneUntil: open.get(spec.id)?.until ?? null,
            tools: [...tools.keys()],
            warnings: warnings.map(asJson),
          })),
          refused: refused.map(({ folder, error }) => ({ folder, code: error.code, message: error.message })),
        },
        [
          table(['plugin', 'version', 'category', 'certified', 'circuit', 'tools'], rows),
          ...plugins.flatMap(({ spec }) => open.get(spec.id)?.sentence ?? []),
          ...plugins.flatMap(({ warnings }) => warnings.map((warning) => `Warning: ${inOneLine(warning)}`)),
          ...refused.map(({ error }) => `Refused: ${worded(error)}`),
        ].join('\n'),
      );
      if (refused.length > 0) process.exitCode = exitCodes.someFailed;
    });
}

/** The level that counts now. */
function levelOf(certification: Certification): string | null {
  const certified = levelAt(certification, new Date().toISOString());
  return 'level' in certified ? certified.level : null;
}
