// The command line as a function: words in, exit code out. One file a command.
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ArbiterError } from '../contracts/errors.ts';
import { orNoRoom } from '../kernel/safety/no-room.ts';
import { kernelVersion } from '../kernel/version.ts';
import { addCommands } from './commands.ts';
import { addCompletion } from './completion.ts';
import { exitCodes } from './exit-codes.ts';
import { printError } from './output.ts';

/** Runs the command that `words` name and leaves its exit code in process.exitCode. Throws where a bug is met. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const program = new Command('arbiter')
    .description(
      'Runs tasks from a folder through sandboxed plugins, gates what they change, and writes a ledger anyone can check.',
    )
    .version(kernelVersion)
    .option('--home <dir>', 'the folder with inbox, ledger and settings (default: $ARBITER_HOME, else ./home)')
    .option('--json', 'print JSON lines for programs')
    .showHelpAfterError('Run `arbiter --help` for the commands.')
    .exitOverride();
  if ((await addCommands(program, words)) === 'all') await addCompletion(program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error, program.opts().json === true);
  }
}

function exitCodeOf(thrown: unknown, json: boolean): number {
  const error = orNoRoom(thrown);
  // Commander has printed its own message, except for what an action finds wrong.
  if (error instanceof InvalidArgumentError) console.error(`error: ${error.message}`);
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (!(error instanceof ArbiterError)) throw error;
  printError(error, json);
  return exitCodes.cannotRun;
}
