// arbiter ledger verify: checks every entry, and the ledger against what was published of it.
import { type Command, InvalidArgumentError } from 'commander';
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { notesOf } from '../../ledger/published.ts';
import { type PublishedNote, type VerdictCode, verifyLedger } from '../../ledger/verify.ts';
import { type Context, contextOf, demandHome } from '../context.ts';
import { plain, printError } from '../output.ts';
import { existingLedger, publishTargets } from './place.ts';
import { newProgress } from './progress.ts';

const verdicts: Readonly<Record<VerdictCode, string>> = {
  0: 'The ledger is whole, and agrees with its checkpoint noted outside the home.',
  1: 'The ledger was tampered with.',
  2: 'The ledger is shorter than it was: its end was cut off.',
  3: 'The ledger is consistent, but its head was noted nowhere outside the home: a missing end could not be noticed.',
};
/** None of the verdicts: nothing could be looked at. */
const noVerdict = 4;

export function addVerify(ledger: Command): void {
  ledger
    .command('verify')
    .description(
      'check every entry; exit 0 whole, 1 tampered with, 2 shorter than its anchor, 3 consistent but not anchored, 4 not to be read',
    )
    .option('--anchor <seq:leaf>', 'a head that you noted yourself', asAnchor)
    .option('--key <key>', 'the verifier key that the ledger has to begin with')
    .action(({ anchor, key }: { anchor?: PublishedNote; key?: string }, command: Command) => {
      const context = contextOf(command);
      try {
        process.exitCode = verify(context, anchor, key);
      } catch (error) {
        if (!(error instanceof ArbiterError)) throw error;
        printError(error, context.output.json);
        process.exitCode = noVerdict;
      }
    });
}

function verify(context: Context, anchor: PublishedNote | undefined, key: string | undefined): VerdictCode {
  const path = existingLedger(demandHome(context));
  const progress = newProgress('entries');
  // What was published first: what is written between the two reads only makes the ledger longer.
  const published = orUnreadable(path, () => notesOf(path, publishTargets(context.home)));
  const notes = anchor ? [...published, anchor] : published;
  const verdict = orUnreadable(path, () => verifyLedger(path, { notes, key, progress: progress.at }));
  progress.end();
  const { code, entries, head, root, checkpoints, redacted, findings } = verdict;
  const lines = [
    verdicts[code],
    ...findings,
    `${entries} entries, head ${entries}:${head}`,
    `${checkpoints} checkpoints, root ${root}`,
  ];
  if (redacted.length > 0) lines.push(`content removed by a recorded entry: ${redacted.join(', ')}`);
  const anchored = notes.some(({ outside }) => outside);
  context.output.show({ ...verdict, anchored }, lines.map(plain).join('\n'));
  return code;
}

function orUnreadable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fault('LEDGER_UNREADABLE', { path, detail: (error as Error).message });
  }
}

function asAnchor(text: string): PublishedNote {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text);
  if (!match) throw new InvalidArgumentError('It has to be <number>:<64 hexadecimal digits>, as verify prints it.');
  return { where: 'the anchor given', text: `${match[1]} ${match[2]}\n`, outside: true };
}
