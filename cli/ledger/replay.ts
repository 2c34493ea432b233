// arbiter ledger replay: runs a recorded task again and compares the entries.
import type { Command } from 'commander';
import type { Difference } from '../../kernel/replay/differences.ts';
import { contextOf, demandHome } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { plain } from '../output.ts';

export function addReplay(ledger: Command): void {
  ledger
    .command('replay')
    .description('run a recorded task again on a private copy and compare the entry; exit 0 the same, 1 different')
    .argument('<id>', 'the id of a task, or the number of its ledger entry')
    .action(async (id: string, _options: object, command: Command) => {
      const context = contextOf(command);
      // It brings a whole kernel along, which no other command about the ledger needs.
      const { replay } = await import('../../kernel/replay/replay.ts');
      const found = await replay(demandHome(context), id);
      const same = found.recorded === found.replayed;
      context.output.show(
        { ...found, same },
        plain(
          [
            `${found.id}: ${same ? 'gives the same body' : 'gives another body'} [entry ${found.entry}]`,
            `  recorded  ${found.recorded}`,
            `  replayed  ${found.replayed}`,
            ...found.differences.map(differenceLine),
          ].join('\n'),
        ),
      );
      process.exitCode = same ? exitCodes.done : exitCodes.someFailed;
    });
}

function differenceLine({ field, recorded, replayed }: Difference): string {
  return `  ${field}: ${shown(recorded)} → ${shown(replayed)}`;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
