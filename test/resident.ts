// Asks the resident program; a process of its own where that is busy, or where the command is meant to be killed.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Test → program. */
export interface Asked {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What a command came to, as execa tells it. */
export interface Run {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const program = fileURLToPath(new URL('resident-program.ts', import.meta.url));
const bin = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
let resident: ChildProcess | undefined;
let busy = false;

/** Runs a command line. Its environment is that of this process now, and `env`. */
export async function runResident(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const whole = { ...process.env, ...env };
  if (busy || whole.ARBITER_CRASH_POINT) return runAlone(args, env);
  busy = true;
  resident ??= start();
  resident.ref();
  resident.channel?.ref();
  const over = new AbortController();
  try {
    resident.send({ args, env: whole } satisfies Asked);
    return await Promise.race([answerOf(resident, over.signal), goneRun(resident, over.signal)]);
  } finally {
    over.abort();
    busy = false;
    resident?.unref();
    resident?.channel?.unref();
  }
}

/** Runs a command line in a process of its own. */
export async function runAlone(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [bin, ...args], {
    env,
    reject: false,
    stdin: 'ignore',
  });
  return { status: exitCode, stdout, stderr };
}

function start(): ChildProcess {
  const child = fork(program, {
    execArgv: ['--max-semi-space-size=8'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.once('exit', () => (resident = undefined));
  return child;
}

async function answerOf(child: ChildProcess, signal: AbortSignal): Promise<Run> {
  const [ran] = await once(child, 'message', { signal });
  return ran;
}

async function goneRun(child: ChildProcess, signal: AbortSignal): Promise<Run> {
  const [code, by] = await once(child, 'exit', { signal });
  return { status: code ?? undefined, stdout: '', stderr: `The resident program ended by itself (${code ?? by}).` };
}
