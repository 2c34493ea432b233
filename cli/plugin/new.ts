// arbiter plugin new: a plugin's folder from the templates.
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import {
  categories,
  type Language,
  languages,
  type NewPlugin,
  namePattern,
  newPlugin,
} from '../../pdk/scaffold/new-plugin.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';

interface NewOptions {
  readonly category?: PluginSpec['category'];
  readonly language?: Language;
  readonly dir: string;
}

export function addNew(plugin: Command): void {
  plugin
    .command('new')
    .description('make a plugin that works, to start from; asks on a terminal for what is not said')
    .argument('[name]', 'its id, and the name of its folder')
    .addOption(new Option('--category <category>', 'decides its sandbox').choices(categories))
    .addOption(new Option('--language <language>', 'what it is written in (default: ts)').choices(languages))
    .option('--dir <dir>', 'where to make its folder', '.')
    .action(async (name: string | undefined, { category, language, dir: place }: NewOptions, command: Command) => {
      const dir = resolve(place);
      const wanted = await wantedOf(
        { ...(name && { name }), ...(category && { category }), ...(language && { language }) },
        dir,
      );
      if (wanted === null) {
        process.exitCode = exitCodes.someFailed;
        return;
      }
      if (!namePattern.test(wanted.name))
        throw new InvalidArgumentError(
          `${wanted.name} is no name of a plugin. Take 2 to 64 small letters, digits and hyphens, a letter first.`,
        );
      const folder = await newPlugin({ ...wanted, dir });
      contextOf(command).output.show(
        { folder, ...wanted, dir },
        `Made ${folder}.\nChange the tool in src/, and have it tried at every change: arbiter plugin dev ${folder}`,
      );
    });
}

type Wanted = Omit<NewPlugin, 'dir'>;

/** Null when whoever was asked broke it off. */
async function wantedOf(known: Partial<Wanted>, dir: string): Promise<Wanted | null> {
  const { name, category, language = 'ts' } = known;
  if (name !== undefined && category !== undefined) return { name, category, language };
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new InvalidArgumentError('Say a name and a --category: there is no terminal to ask on.');
  const { askForNewPlugin } = await import('./ask-new-plugin.ts');
  return askForNewPlugin(known, dir);
}
