// The command line: one file a command.
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ArbiterError } from '../contracts/errors.ts';
import { orNoRoom } from '../kernel/safety/no-room.ts';
import { kernelVersion } from '../kernel/version.ts';
import { addBacktest } from './backtest.ts';
import { addCancel } from './cancel.ts';
import { addCompletion } from './completion.ts';
import { addConform } from './conform.ts';
import { addDecide } from './decide.ts';
import { addDecideEffects } from './decide-effects.ts';
import { addDiff } from './diff.ts';
import { addDoctor } from './doctor.ts';
import { exitCodes } from './exit-codes.ts';
import { addExplain } from './explain.ts';
import { addGc } from './gc.ts';
import { addInit } from './init.ts';
import { addLedger } from './ledger/ledger.ts';
import { printError } from './output.ts';
import { addPlan } from './plan.ts';
import { addPlugin } from './plugin/plugin.ts';
import { addPolicy } from './policy.ts';
import { addPromote } from './promote.ts';
import { addRetry } from './retry.ts';
import { addShow } from './show.ts';
import { addStart } from './start.ts';
import { addStop } from './stop.ts';
import { addSubmit } from './submit.ts';
import { addTasks } from './tasks.ts';
import { addWorkflow } from './workflow/workflow.ts';

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

for (const add of [
  addInit,
  addStart,
  addSubmit,
  addWorkflow,
  addTasks,
  addShow,
  addExplain,
  addDiff,
  addPlan,
  addDecideEffects,
  addDecide,
  addBacktest,
  addPromote,
  addCancel,
  addRetry,
  addStop,
  addGc,
  addLedger,
  addPlugin,
  addPolicy,
  addConform,
  addDoctor,
])
  add(program);
await addCompletion(program);

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
