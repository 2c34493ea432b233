// arbiter plugin info.
import type { Command } from 'commander';
import { fault } from '../../contracts/errors.ts';
import { profiles } from '../../kernel/host/profiles.ts';
import type { LoadedPlugin } from '../../kernel/loader/plugin.ts';
import { contextOf } from '../context.ts';
import { installedPlugins } from '../installed-plugins.ts';
import { asJson, inOneLine, plain } from '../output.ts';

export function addInfo(plugin: Command): void {
  plugin
    .command('info')
    .description('what a plugin is, may do and takes')
    .argument('<id>', 'the plugin')
    .action((id: string, _options: object, command: Command) => {
      const { home, output } = contextOf(command);
      const found = installedPlugins(home).byId.get(id);
      if (!found) throw fault('PLUGIN_NOT_AVAILABLE', { plugin: id, tool: 'this command' });
      output.show(
        {
          ...{ spec: found.spec, digest: found.digest, folder: found.folder, profile: profiles[found.spec.category] },
          warnings: found.warnings.map(asJson),
        },
        infoText(found),
      );
    });
}

function infoText({ spec, digest, folder, warnings }: LoadedPlugin): string {
  const profile = profiles[spec.category];
  const lines = [
    `${spec.id} ${spec.version}  ${spec.category}`,
    `  ${spec.description}`,
    `  digest     ${digest}`,
    `  folder     ${folder}`,
    `  workspace  ${profile.workspace === 'write' ? 'a private copy' : profile.workspace}`,
    `  processes  shared by: ${profile.reuse}`,
    `  kernel     ${spec.grants?.kernel?.join(', ') || 'no calls'}`,
    `  network    ${spec.grants?.hosts?.map(({ host, port }) => `${host}:${port}`).join(', ') || 'none'}`,
  ];
  for (const [name, tool] of Object.entries(spec.tools)) {
    if (!tool) continue;
    const properties = Object.keys((tool.input.properties ?? {}) as object);
    lines.push(
      `  tool ${name}: ${tool.description}`,
      `    input      ${properties.join(', ') || 'nothing'}`,
      `    same input, same output: ${tool.deterministic ? 'yes' : 'no'}`,
    );
  }
  lines.push(...warnings.map((warning) => `  warning: ${inOneLine(warning)}`));
  return lines.map(plain).join('\n');
}
