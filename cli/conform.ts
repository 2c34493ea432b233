// arbiter conform: does a plugin keep its word?
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type Level, levels } from '../conformance/requirements.ts';
import { conform, type Verdict } from '../conformance/run/conform.ts';
import { type Reporter, render, reporters } from '../conformance/run/report.ts';
import { writeReports } from '../conformance/run/write-reports.ts';
import { addChangeOptions, type ChangeOptions, changedPlugins } from './changed-plugins.ts';
import { addExtentOptions, type ExtentOptions, extentOf } from './conformance-extent.ts';
import { contextOf } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { recordEvent } from './record-event.ts';

interface ConformOptions extends ExtentOptions, ChangeOptions {
  readonly level: Level;
  readonly reporter: Reporter;
  readonly out?: string;
}

export function addConform(program: Command): void {
  const command = program
    .command('conform')
    .description('run plugins through the conformance levels, in the real sandbox')
    .argument('<plugin...>', 'folders of plugins, in any language')
    .addOption(new Option('--level <level>', 'the last level to run').choices(levels).default('L5'))
    .addOption(new Option('--reporter <reporter>', 'what to print').choices(reporters).default('spec'))
    .option('--out <dir>', 'write every report into this folder as well')
    .action(async (plugins: string[], options: ConformOptions, command: Command) => {
      const { level, reporter, out } = options;
      const { home, output } = contextOf(command);
      const extent = extentOf(options, home);
      const verdicts: Verdict[] = [];
      for (const plugin of await changedPlugins(plugins, options))
        verdicts.push(await conform(resolve(plugin), { level, ...extent }));
      process.stdout.write(render(output.json ? 'json' : reporter, verdicts));
      if (out !== undefined) writeReports(out, verdicts);
      if (existsSync(home.settings))
        for (const { plugin, version, digest, reached } of verdicts)
          await recordEvent(home, 'conformed', { plugin, version, digest, level: reached, extent });
      if (verdicts.some(({ reached }) => reached !== level)) process.exitCode = exitCodes.someFailed;
    });
  addChangeOptions(addExtentOptions(command));
}
