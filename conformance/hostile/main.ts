// npm run test:hostile: a plugin that misbehaves on demand against the real kernel, at every level that this machine has.
// Exit code 0: nothing is open that was not declared open; 1: something is; 3: the level asked for cannot be had.
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { type Level, levels } from './case.ts';
import { failuresOf, markdownOf, textOf, totalsOf } from './report.ts';
import { LevelMissing, type LevelResult, runLevel } from './run-level.ts';

const options = new Command('test:hostile')
  .description('Runs the hostile plugin and says what each level blocks.')
  .addOption(new Option('--level <level>', 'only this one (default: all that can be had)').choices(levels))
  .option('--json', 'print {"level","cases","blocked","open"}, in an array when there are several levels')
  .option('--markdown <file>', 'write the table of docs/sandbox.md')
  .parse()
  .opts<{ level?: Level; json?: boolean; markdown?: string }>();

const results: LevelResult[] = [];
const missing: string[] = [];
for (const level of options.level ? [options.level] : levels) {
  try {
    const result = await runLevel(level);
    results.push(result);
    if (!options.json) console.log(textOf(result));
  } catch (error) {
    if (!(error instanceof LevelMissing)) throw error;
    missing.push(`${level}: ${error.message}`);
    console.error(`${level}: skipped: ${error.message}`);
  }
}

if (options.json && results.length > 0) {
  const totals = results.map(totalsOf);
  console.log(JSON.stringify(options.level ? totals[0] : totals));
}
if (options.markdown) {
  const user = process.getuid?.() === 0 ? 'root' : 'an ordinary user';
  writeFileSync(options.markdown, markdownOf(results, missing, user));
}

const failures = results.flatMap((result) => failuresOf(result).map(({ name, detail }) => ({ result, name, detail })));
if (options.json)
  for (const { result, name, detail } of failures) console.error(`${result.level}: not blocked: ${name}: ${detail}`);
if (failures.length > 0) process.exitCode = 1;
else if (results.length === 0) process.exitCode = 3;
