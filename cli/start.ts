// arbiter start: runs a kernel until it is stopped, or with --once until nothing is left to do.
import { type Command, Option } from 'commander';
import type { Settings } from '../contracts/generated/settings.v1.ts';
import type { Summary } from '../kernel/events.ts';
import { startKernel } from '../kernel/main.ts';
import { type Context, contextOf, demandHome } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { newJsonView, newPlainView, newTerminalView, type View } from './view.ts';

interface StartOptions {
  readonly once?: boolean;
  readonly verbose?: boolean;
  readonly isolation?: NonNullable<Settings['isolation']>;
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('run the kernel: watch the inbox, or with --once run what is there and end')
    .option('--once', 'end when nothing is left that can run now; waits for backoffs, leaves future and approval tasks')
    .option('--verbose', 'print a line for every task')
    .addOption(
      new Option('--isolation <level>', 'instead of the settings').choices(['auto', 'full', 'namespaces', 'process']),
    )
    .action(async (options: StartOptions, command: Command) => {
      const context = contextOf(command);
      demandHome(context);
      process.exitCode = await start(context, options);
    });
}

async function start(
  { home, output }: Context,
  { once = false, verbose = false, isolation }: StartOptions,
): Promise<number> {
  const view = viewFor(output.json, verbose);
  const kernel = await startKernel({ home, once, onEvent: view.event, ...(isolation && { isolation }) });
  view.running(home, once);

  let interrupts = 0;
  const interrupt = () => {
    interrupts += 1;
    if (interrupts === 1) {
      view.notice(
        'Stopping: what runs may end, nothing new is started. Once more to kill; nothing is lost either way.',
      );
      void kernel.stop();
    } else void kernel.kill().finally(() => process.exit(130));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  const summary = await kernel.ended;
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
  view.end(summary);
  return exitCodeOf(summary);
}

function viewFor(json: boolean, verbose: boolean): View {
  if (json) return newJsonView();
  return process.stdout.isTTY ? newTerminalView(verbose) : newPlainView(verbose);
}

function exitCodeOf({ outcomes, released }: Summary): number {
  const { failed, quarantined, rejected, cancelled } = outcomes;
  return failed + quarantined + rejected + cancelled + released > 0 ? exitCodes.someFailed : exitCodes.done;
}
