// The command line in a process that stays: a command is run when it is asked for, and what it prints is sent back. It is
// the whole program but for the start of a process, which takes longer than most commands do.
import { format } from 'node:util';
import { runCommandLine } from '../cli/command-line.ts';
import type { Asked, Run } from './resident.ts';

process.on('message', (asked: Asked) => void run(asked).then((ran) => process.send?.(ran)));
process.on('disconnect', () => process.exit());

async function run({ args, env }: Asked): Promise<Run> {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.exitCode = undefined;
  const stdout = captured(process.stdout);
  const stderr = captured(process.stderr);
  try {
    await runCommandLine(args);
    return { status: exitCode(), stdout: stdout.end(), stderr: stderr.end() };
  } catch (error) {
    return { status: 1, stdout: stdout.end(), stderr: `${stderr.end()}\n${format(error)}` };
  } finally {
    process.exitCode = undefined;
  }
}

const exitCode = () => Number(process.exitCode ?? 0);

/** Keeps what is written to `stream` until the end, which gives it as execa does: without the last newline. */
function captured(stream: NodeJS.WriteStream) {
  const chunks: Buffer[] = [];
  const { write } = stream;
  stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
    chunks.push(Buffer.from(chunk as string));
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') queueMicrotask(() => callback());
    return true;
  }) as typeof stream.write;
  return {
    end() {
      stream.write = write;
      return Buffer.concat(chunks)
        .toString()
        .replace(/\r?\n$/, '');
    },
  };
}
