// npm run test:crash: kills kernels under load, as often as it is told, and says what was lost, done twice or left behind.
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { runCampaign } from './campaign.ts';
import { markdownOf, textOf, totalsOf, withTable } from './report.ts';

const options = new Command('test:crash')
  .description('Kills kernels under load and checks what stands.')
  .option('--kills <n>', 'how often', Number, 50)
  .option('--seed <n>', 'repeats the load and the named points of another run', Number, Date.now() % 1_000_000)
  .option('--homes <n>', 'homes side by side', Number, 2)
  .option('--minutes <n>', 'kill no more after so long', Number, Number.POSITIVE_INFINITY)
  .option('--json', 'print one line: {"kills","tasks","lost","duplicated","leftovers","verified"}')
  .option('--markdown <file>', 'write the table into this file')
  .parse()
  .opts<{ kills: number; seed: number; homes: number; minutes: number; json?: boolean; markdown?: string }>();

const { kills, seed } = options;
const homes = Math.max(1, Math.min(options.homes, kills));
if (!options.json) console.log(`${kills} kills in ${homes} homes, seed ${seed}`);
else console.error(`seed ${seed}`);

const began = Date.now();
const results = await Promise.all(
  Array.from({ length: homes }, (_, home) =>
    runCampaign(
      Math.floor(kills / homes) + (home < kills % homes ? 1 : 0),
      seed + home * 1000,
      began + options.minutes * 60_000,
    ),
  ),
);
const seconds = Math.round((Date.now() - began) / 1000);
const totals = totalsOf(results);

(options.json ? console.error : console.log)(textOf(results, seconds));
if (options.json) console.log(JSON.stringify(totals));
if (options.markdown) {
  const page = readFileSync(options.markdown, 'utf8');
  writeFileSync(options.markdown, withTable(page, markdownOf(results, { seed, homes, seconds })));
}
if (totals.lost + totals.duplicated + totals.leftovers > 0 || !totals.verified) process.exitCode = 1;
