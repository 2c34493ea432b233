// arbiter plugin new: a plugin's folder from the templates.
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PluginSpec } from '../../contracts/generated/plugin.v1.ts';
import { categories, type Language, languages, namePattern, newPlugin } from '../../pdk/scaffold/new-plugin.ts';
import { contextOf } from '../context.ts';

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
    .action(async (name: string | undefined, options: NewOptions, command: Command) => {
      const wanted = { dir: resolve(options.dir), ...(await askForRest(name, options)) };
      if (!namePattern.test(wanted.name))
        throw new InvalidArgumentError(
          `${wanted.name} is no name of a plugin. Take 2 to 64 small letters, digits and hyphens, a letter first.`,
        );
      const folder = await newPlugin(wanted);
      contextOf(command).output.show(
        { folder, ...wanted },
        `Made ${folder}.\nChange the tool in src/, then run: arbiter plugin sync ${folder}`,
      );
    });
}

async function askForRest(name: string | undefined, { category, language }: NewOptions) {
  if (name !== undefined && category !== undefined) return { name, category, language: language ?? 'ts' };
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new InvalidArgumentError('Say a name and a --category: there is no terminal to ask on.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const choose = async <Choice extends string>(what: string, choices: readonly Choice[]): Promise<Choice> => {
    while (true) {
      const answer = (await terminal.question(`${what} (${choices.join(', ')}): `)).trim();
      const chosen = choices.find((choice) => choice === answer);
      if (chosen) return chosen;
    }
  };
  try {
    return {
      name: name ?? (await terminal.question('Name: ')).trim(),
      category: category ?? (await choose('Category', categories)),
      language: language ?? (await choose('Language', languages)),
    };
  } finally {
    terminal.close();
  }
}
