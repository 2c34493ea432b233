// arbiter conform: does a plugin keep its word?
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { conform, type Level, levels, type Verdict } from '../conformance/run/conform.ts';
import { fileNames, type Reporter, render, reporters } from '../conformance/run/report.ts';
import { asCount, asInteger } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';

interface ConformOptions {
  readonly level: Level;
  readonly reporter: Reporter;
  readonly out?: string;
  readonly seed: number;
  readonly inputs: number;
  readonly isolation: string;
}

const defaultInputs = 1_000;

export function addConform(program: Command): void {
  program
    .command('conform')
    .description('run plugins through the conformance levels, in the real sandbox')
    .argument('<plugin...>', 'folders of plugins, in any language')
    .addOption(new Option('--level <level>', 'the last level to run').choices(levels).default('L3'))
    .addOption(new Option('--reporter <reporter>', 'what to print').choices(reporters).default('spec'))
    .option('--out <dir>', 'write every report into this folder as well')
    .option('--seed <n>', 'of the generated inputs', asInteger, 1)
    .option('--inputs <n>', 'generated inputs a tool, that fit and that do not', asCount, defaultInputs)
    .addOption(
      new Option('--isolation <level>', 'the sandbox')
        .choices(['auto', 'full', 'namespaces', 'process'])
        .default('auto'),
    )
    .action(async (plugins: string[], { level, reporter, out, seed, inputs, isolation }: ConformOptions) => {
      if (inputs === 0) throw new InvalidArgumentError('--inputs has to be 1 or more: a check of nothing is no check.');
      const verdicts: Verdict[] = [];
      for (const plugin of plugins)
        verdicts.push(await conform(resolve(plugin), { level, seed, runs: inputs, isolation }));
      process.stdout.write(render(reporter, verdicts));
      if (out !== undefined) {
        mkdirSync(out, { recursive: true });
        for (const one of reporters) writeFileSync(join(out, fileNames[one]), render(one, verdicts));
      }
      if (verdicts.some(({ reached }) => reached !== level)) process.exitCode = exitCodes.someFailed;
    });
}
