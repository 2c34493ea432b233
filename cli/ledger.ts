// arbiter ledger verify | log.
import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { fault } from '../contracts/errors.ts';
import { anchorPath, readAnchor } from '../ledger/anchor.ts';
import { openReader, type StoredEntry } from '../ledger/reader.ts';
import { openForReading } from '../ledger/store.ts';
import { type Anchor, type VerdictCode, verifyLedger } from '../ledger/verify.ts';
import { asCount } from './arguments.ts';
import { contextOf, demandHome } from './context.ts';
import { plain } from './output.ts';
import { addReplay } from './replay.ts';

const verdicts: Readonly<Record<VerdictCode, string>> = {
  0: 'The ledger is whole, and agrees with its head noted outside the home.',
  1: 'The ledger was tampered with.',
  2: 'The ledger is shorter than it was: its end was cut off.',
  3: 'The ledger is consistent, but its head was noted nowhere else: a missing end could not be noticed.',
};

export function addLedger(program: Command): void {
  const ledger = program.command('ledger').description('look at the ledger and check it');

  ledger
    .command('verify')
    .description(
      'check every entry; exit 0 whole, 1 tampered with, 2 shorter than its anchor, 3 consistent but not anchored',
    )
    .option('--anchor <seq:leaf>', 'a head that you noted yourself', asAnchor)
    .action(({ anchor }: { anchor?: Anchor }, command: Command) => {
      const context = contextOf(command);
      const path = demandHome(context).ledger;
      if (!existsSync(path)) throw fault('LEDGER_UNUSABLE', { path, detail: 'there is none yet' });
      const progress = process.stderr.isTTY ? (count: number) => process.stderr.write(`\r${count} entries`) : undefined;
      // The anchor first: what is written between the two reads only makes the ledger longer.
      const noted = anchor ?? notedAnchor(path);
      const verdict = verifyLedger(path, noted, progress);
      const { code, entries, head, findings } = verdict;
      if (progress) process.stderr.write('\r\u001b[2K');
      const lines = [verdicts[code], ...findings, `${entries} entries, head ${entries}:${head}`];
      context.output.show({ ...verdict, anchored: noted !== null }, lines.map(plain).join('\n'));
      process.exitCode = code;
    });

  ledger
    .command('log')
    .description('the latest entries, oldest first')
    .option('--last <n>', 'how many', asCount, 20)
    .option('--kind <kind>', 'task, prepared, aborted or kernel')
    .action(({ last, kind }: { last: number; kind?: string }, command: Command) => {
      const context = contextOf(command);
      const reader = openReader(demandHome(context).ledger);
      try {
        for (const entry of reader.latest(last, kind).reverse()) context.output.show(entry, entryLine(entry));
      } finally {
        reader.close();
      }
    });

  addReplay(ledger);
}

function notedAnchor(path: string): Anchor | null {
  try {
    const store = openForReading(path);
    try {
      return readAnchor(anchorPath(String(store.prepare(`SELECT value FROM meta WHERE key = 'id'`).pluck().get())));
    } finally {
      store.close();
    }
  } catch {
    // What is wrong with the file is for the verifier to say.
    return null;
  }
}

function asAnchor(text: string): Anchor {
  const match = /^(\d+):([0-9a-f]{64})$/.exec(text);
  if (!match) throw new InvalidArgumentError('It has to be <number>:<64 hexadecimal digits>, as verify prints it.');
  return { seq: Number(match[1]), leaf: Buffer.from(match[2] as string, 'hex') };
}

function entryLine({ seq, taskKey, body, envelope }: StoredEntry): string {
  const what = body.kind === 'task' ? body.outcome : body.kind === 'kernel' ? body.event : body.kind;
  const tool = body.kind === 'task' && typeof body.task?.tool === 'string' ? body.task.tool : '';
  return plain(
    [String(seq).padStart(7), envelope.time, what.padEnd(11), tool.padEnd(20), taskKey].join('  ').trimEnd(),
  );
}
