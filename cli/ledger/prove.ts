// arbiter ledger prove | verify-proof: that an entry is in the ledger, for somebody who does not hold the ledger.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { fault } from '../../contracts/errors.ts';
import { findTask } from '../../kernel/commands/find-task.ts';
import { verifierPath } from '../../ledger/beside.ts';
import { proveEntry } from '../../ledger/prove.ts';
import { openReader } from '../../ledger/reader.ts';
import { openForReading } from '../../ledger/store.ts';
import { verifyProof } from '../../ledger/verify-proof.ts';
import { type Context, contextOf, demandHome } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { plain } from '../output.ts';
import { existingLedger } from './place.ts';

export function addProve(ledger: Command): void {
  ledger
    .command('prove')
    .description('write a proof that an entry is in the ledger (c2sp.org/tlog-proof)')
    .argument('<id>', 'the id of a task, whose last entry is proven, or the number of an entry')
    .option('--out <file>', 'where to (default: standard output)')
    .action((id: string, { out }: { out?: string }, command: Command) => {
      const context = contextOf(command);
      const path = existingLedger(demandHome(context));
      const seq = numberOf(path, id);
      const store = openForReading(path);
      try {
        const proof = proveEntry(store, seq);
        if (proof === null) throw fault('PROOF_NOT_YET', { seq });
        if (out !== undefined) writeFileSync(out, proof);
        if (context.output.json) context.output.show(out === undefined ? { seq, proof } : { seq, file: out }, '');
        else process.stdout.write(out === undefined ? proof : plain(`Entry ${seq} is proven in ${out}.\n`));
      } finally {
        store.close();
      }
    });

  ledger
    .command('verify-proof')
    .description('check a proof; needs no ledger. Exit 0 proven, 1 not')
    .argument('<file>', 'the proof, or - for standard input')
    .option('--key <key>', 'the verifier key, or a file with one (default: the home’s own)')
    .action((file: string, { key }: { key?: string }, command: Command) => {
      const context = contextOf(command);
      const proof = readText(file === '-' ? 0 : file);
      // A ledger has a key for each segment; a proof is one of one of them.
      const tried = keysOf(key, context).map((one) => verifyProof(proof, one));
      const proven = tried.find((result) => typeof result !== 'string');
      if (proven === undefined) {
        const detail = String(tried.at(-1));
        context.output.show({ proven: false, detail }, plain(`Not proven. ${detail}`));
        process.exitCode = exitCodes.someFailed;
        return;
      }
      const { seq, origin, size, kind, taskKey, bodyHash, envHash } = proven as Exclude<typeof proven, string>;
      const text = [
        `Proven: entry ${seq} of ${origin}, when that had ${size} entries.`,
        `  ${kind}  ${taskKey}`,
        `  body      sha256:${bodyHash}`,
        `  envelope  sha256:${envHash}`,
      ];
      context.output.show({ proven: true, ...(proven as object) }, text.map(plain).join('\n'));
    });
}

function numberOf(path: string, id: string): number {
  const reader = openReader(path);
  try {
    return findTask(reader, id, path).at(-1)?.seq as number;
  } finally {
    reader.close();
  }
}

function keysOf(key: string | undefined, context: Context): string[] {
  const given = key ?? verifierPath(demandHome(context).ledger);
  const text = existsSync(given) || key === undefined ? readText(given) : given;
  return text.split('\n').filter((line) => line !== '');
}

function readText(file: string | number): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
