// arbiter backtest: what changed tables or other policies would have made of the tasks of the ledger.
import type { Command } from 'commander';
import { asTime } from './arguments.ts';
import { showPolicyBacktest } from './backtest-policy.ts';
import { showTableBacktest } from './backtest-table.ts';
import { contextOf } from './context.ts';

interface Options {
  readonly table?: string;
  readonly policy?: string;
  readonly since?: Date;
}

export function addBacktest(program: Command): void {
  program
    .command('backtest')
    .description(
      'which past tasks changed tables or other policies would have sent another way; exit 1 if there are some',
    )
    .option('--table <file>', 'the DMN file with the changed tables')
    .option('--policy <dir>', 'policies that stand in for those in force, by file name')
    .option('--since <time>', 'only tasks from then on, such as 2026-11-01 or 2026-11-01T12:00:00Z', asTime)
    .action(async ({ table, policy, since }: Options, command: Command) => {
      const context = contextOf(command);
      if (table !== undefined && policy === undefined) return showTableBacktest(context, table, since ?? null);
      if (policy !== undefined && table === undefined) return showPolicyBacktest(context, policy, since ?? null);
      return command.error('error: name either --table FILE or --policy DIR', { exitCode: 64 });
    });
}
