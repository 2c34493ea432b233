// npm run test:workflows: kills kernels in the middle of workflows with compensation, and says what went wrong.
import { Command } from 'commander';
import { runCampaign } from './campaign.ts';

const { kills, seed } = new Command('test:workflows')
  .description('Kills kernels in the middle of workflows and checks that each run ends completed or compensated.')
  .option('--kills <n>', 'how often', Number, 20)
  .option('--seed <n>', 'repeats the named points of another run', Number, Date.now() % 1_000_000)
  .parse()
  .opts<{ kills: number; seed: number }>();

console.error(`${kills} kills, seed ${seed}`);
const report = await runCampaign(kills, seed);
console.log(JSON.stringify(report));
if (report.faults.length > 0 || !report.verified) process.exitCode = 1;
