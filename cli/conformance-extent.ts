// How much of a plugin conformance looks at: the options that commands share.
import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Extent } from '../conformance/run/subject.ts';
import type { Home } from '../kernel/home.ts';
import { asCount, asInteger } from './arguments.ts';

export type ExtentOptions = Omit<Extent, 'policies'>;

const usual = { seed: 1, inputs: 1_000, samples: 200 };

export function addExtentOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'of the generated inputs', asInteger, usual.seed)
    .option('--inputs <n>', 'generated inputs a tool, that fit and that do not', asCount, usual.inputs)
    .option('--samples <n>', 'calls a tool that are measured at L4', asCount, usual.samples)
    .addOption(
      new Option('--isolation <level>', 'the sandbox')
        .choices(['auto', 'full', 'namespaces', 'process'])
        .default('auto'),
    );
}

/** What counts in the home, where there is one, counts for a plugin that is to run there. */
export function extentOf({ seed, inputs, samples, isolation }: ExtentOptions, home: Home): Extent {
  for (const [name, count] of Object.entries({ inputs, samples }))
    if (count === 0) throw new InvalidArgumentError(`--${name} has to be 1 or more: a check of nothing is no check.`);
  return { seed, inputs, samples, isolation, policies: existsSync(home.policies) ? home.policies : null };
}
