// arbiter stop: asks a running kernel to end what runs and stop.
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { fault } from '../contracts/errors.ts';
import { ask, isRunning } from '../kernel/control.ts';
import { contextOf, demandHome } from './context.ts';

const pollMs = 50;

export function addStop(program: Command): void {
  program
    .command('stop')
    .description('let what runs end, then stop the kernel')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      if ((await ask(home.socket, { command: 'stop' })) === null)
        throw fault('KERNEL_NOT_RUNNING', { path: home.path });
      while (await isRunning(home)) await delay(pollMs);
      context.output.show({ stopped: true }, 'Stopped.');
    });
}
