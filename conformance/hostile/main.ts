// npm run test:hostile: a plugin that misbehaves on demand against the real kernel, at every level that this machine has.
// Exit code 0: nothing is open that was not declared open; 1: something is; 3: the level asked for cannot be had.
import { readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { type Level, levels } from './case.ts';
import { failuresOf, textOf, totalsOf } from './report.ts';
import { LevelMissing, type LevelResult, runLevel } from './run-level.ts';
import { markdownOf, type UserRun } from './table.ts';

const options = new Command('test:hostile')
  .description('Runs the hostile plugin and says what each level blocks.')
  .addOption(new Option('--level <level>', 'only this one (default: all that can be had)').choices(levels))
  .option('--strongest', 'only the strongest that can be had')
  .option('--json', 'print {"level","cases","blocked","open"}, in an array when there are several levels')
  .option('--save <file>', 'keep what was found, for the table of another run')
  .option('--markdown <file>', 'write the table of docs/sandbox.md')
  .option('--with <file>', 'what another user’s run kept, to stand in the same table')
  .parse()
  .opts<{ level?: Level; strongest?: boolean; json?: boolean; save?: string; markdown?: string; with?: string }>();

const results: LevelResult[] = [];
const missing: string[] = [];
for (const level of options.level ? [options.level] : levels) {
  try {
    const result = await runLevel(level);
    results.push(result);
    if (!options.json) console.log(textOf(result));
    if (options.strongest) break;
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
const run: UserRun = { user: process.getuid?.() === 0 ? 'root' : 'an ordinary user', missing, results };
if (options.save) writeFileSync(options.save, JSON.stringify(run));
if (options.markdown) {
  const other: UserRun[] = options.with ? [JSON.parse(readFileSync(options.with, 'utf8'))] : [];
  writeFileSync(options.markdown, markdownOf([run, ...other]));
}

const failures = results.flatMap((result) => failuresOf(result).map(({ name, detail }) => ({ result, name, detail })));
if (options.json)
  for (const { result, name, detail } of failures) console.error(`${result.level}: not blocked: ${name}: ${detail}`);
if (failures.length > 0) process.exitCode = 1;
else if (results.length === 0) process.exitCode = 3;
