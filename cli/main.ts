// The command line: one file a command.
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ArbiterError } from '../contracts/errors.ts';
import { orNoRoom } from '../kernel/safety/no-room.ts';
import { kernelVersion } from '../kernel/version.ts';
import { addCommands } from './commands.ts';
import { addCompletion } from './completion.ts';
import { exitCodes } from './exit-codes.ts';
import { printError } from './output.ts';

// Whoever reads may stop reading, as `head` does: what is still to be said is then for nobody, and no error.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const program = new Command('arbiter')
  .description(
    'Runs tasks from a folder through sandboxed plugins, gates what they change, and writes a ledger anyone can check.',
  )
  .version(kernelVersion)
  .option('--home <dir>', 'the folder with inbox, ledger and settings (default: $ARBITER_HOME, else ./home)')
  .option('--json', 'print JSON lines for programs')
  .showHelpAfterError('Run `arbiter --help` for the commands.')
  .exitOverride();

if ((await addCommands(program, process.argv.slice(2))) === 'all') await addCompletion(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(thrown: unknown): number {
  const error = orNoRoom(thrown);
  // Commander has printed its own message, except for what an action finds wrong.
  if (error instanceof InvalidArgumentError) console.error(`error: ${error.message}`);
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (!(error instanceof ArbiterError)) throw error;
  printError(error, program.opts().json === true);
  return exitCodes.cannotRun;
}
