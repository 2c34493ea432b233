// arbiter cancel: stops a task that runs or waits.
import type { Command } from 'commander';
import { fault } from '../contracts/errors.ts';
import { cancelParked } from '../kernel/cancel-parked.ts';
import { ask } from '../kernel/control.ts';
import type { Cancelled } from '../kernel/queue/schedule.ts';
import { contextOf, demandHome } from './context.ts';

export function addCancel(program: Command): void {
  program
    .command('cancel')
    .description('stop a task that runs, is ready or waits; nothing of it is applied')
    .argument('<id>', 'the id of the task')
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const home = demandHome(context);
      const reply = ((await ask(home.socket, { command: 'cancel', id })) ??
        (await cancelParked(home, id))) as Cancelled;
      if (reply === 'not found') throw fault('TASK_NOT_FOUND', { id, where: 'what runs or waits' });
      context.output.show(
        { id, status: reply },
        reply === 'cancelling' ? `${id} was asked to end.` : `${id} was cancelled.`,
      );
    });
}
