// arbiter apply, approve, reject, rollback: what a person decides about effects that are recorded.
import type { Command } from 'commander';
import type { Answer } from '../kernel/commands/parts.ts';
import { carryOutWithoutKernel } from '../kernel/commands/without-kernel.ts';
import { ask, type EffectCommand } from '../kernel/control.ts';
import { asReason } from './arguments.ts';
import { contextOf, demandHome } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { plain } from './output.ts';
import { userName } from './user-name.ts';

const commands: readonly {
  readonly name: EffectCommand['command'];
  readonly description: string;
  readonly argument: string;
  readonly did: string;
}[] = [
  {
    name: 'apply',
    description: 'apply the effects of a plan exactly as they were recorded; nothing is run again',
    argument: 'the id of a planned task, or the number of its ledger entry',
    did: 'was applied',
  },
  {
    name: 'approve',
    description: 'let a change that waits for an approval happen',
    argument: 'the id of a task that waits for an approval',
    did: 'was approved',
  },
  {
    name: 'reject',
    description: 'refuse a change that waits for an approval; nothing of it is applied',
    argument: 'the id of a task that waits for an approval',
    did: 'was rejected',
  },
  {
    name: 'rollback',
    description: 'undo what a task changed, as long as nothing of it has moved on',
    argument: 'the id of a task that is done, or the number of its ledger entry',
    did: 'was rolled back',
  },
];

export function addDecideEffects(program: Command): void {
  for (const { name, description, argument, did } of commands)
    program
      .command(name)
      .description(description)
      .argument('<id>', argument)
      .option('--reason <text>', 'why; it is kept in the ledger', asReason)
      .action(async (id: string, { reason }: { reason?: string }, command: Command) => {
        const context = contextOf(command);
        const home = demandHome(context);
        const order: EffectCommand = { command: name, id, actor: userName(), ...(reason !== undefined && { reason }) };
        const answer = ((await ask(home.socket, order)) ?? (await carryOutWithoutKernel(home, order))) as Answer;
        if ('goesOn' in answer) {
          context.output.show({ id: answer.id, status: 'waiting' }, plain(`${answer.id} ${did}; it goes on.`));
          return;
        }
        const { outcome, effects, ...rest } = answer;
        const as = name === 'reject' ? 'rejected' : 'done';
        context.output.show(
          { ...rest, status: outcome, ...(effects && { effects: effects.files }) },
          plain(
            [
              `${answer.id} ${outcome === as ? did : `ended ${outcome}`}. [entry ${answer.entry}]`,
              ...(outcome !== as && answer.error ? [answer.error.message] : []),
              ...(answer.note ? [answer.note] : []),
            ].join('\n'),
          ),
        );
        process.exitCode = outcome === as ? exitCodes.done : exitCodes.someFailed;
      });
}
