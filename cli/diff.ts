// arbiter diff: what a task changed, or would change.
import type { Command } from 'commander';
import { contextOf, demandHome } from './context.ts';
import { plain } from './output.ts';
import { recordedEffects, recordedText } from './recorded-effects.ts';

export function addDiff(program: Command): void {
  program
    .command('diff')
    .description('what a task changed, or would change, file by file')
    .argument('<id>', 'the id of a task, or the number of a ledger entry')
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      const { body: _, envelope: __, ...found } = await recordedEffects(demandHome(context), id);
      const head = `${found.id}: ${found.status}${found.entry === undefined ? '' : ` [entry ${found.entry}]`}`;
      context.output.show(found, plain([head, recordedText(found)].join('\n')));
    });
}
