// Git's own command line, as the kernel runs it: no hooks, no monitors, no prompts, none of the caller's GIT_ variables.
import { execa } from 'execa';
import { childMark } from './orphans.ts';

export interface GitOptions {
  readonly env?: Record<string, string>;
  readonly input?: string;
}

const configuration = {
  'safe.directory': '*',
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  // A copy holds what the commit holds: line ends and large-file pointers as they are.
  'core.autocrlf': 'false',
  'core.quotePath': 'false',
  'gc.auto': '0',
};

const environment: Record<string, string> = {
  PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
  HOME: process.env.HOME ?? '/',
  LANG: 'C.UTF-8',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LFS_SKIP_SMUDGE: '1',
  GIT_CONFIG_COUNT: `${Object.keys(configuration).length}`,
  ...Object.fromEntries(
    Object.entries(configuration).flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ),
};

/** Runs git in `folder` and gives its output without the last newline. Throws an Error with git's own words. */
export async function git(folder: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const { stdout, stderr, failed } = await execa('git', args as string[], {
    ...gitSettings(folder, options.env),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  if (failed) throw wordsOf(args, stderr);
  return stdout;
}

/** Like `git`, for output that is no text. */
export async function gitBytes(
  folder: string,
  args: readonly string[],
  input: string | Buffer,
  env?: Record<string, string>,
): Promise<Buffer> {
  const { stdout, stderr, failed } = await execa('git', args as string[], {
    ...gitSettings(folder, env),
    input,
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  if (failed) throw wordsOf(args, Buffer.from(stderr).toString('utf8'));
  return Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength);
}

/** How git is run in `folder`: with an environment of its own. */
export function gitSettings(folder: string, env: Record<string, string> = {}) {
  return {
    cwd: folder,
    env: { ...environment, ...childMark(), ...env },
    extendEnv: false as const,
    reject: false as const,
    maxBuffer: 512 * 1024 * 1024,
  };
}

function wordsOf(args: readonly string[], stderr: string): Error {
  return new Error(stderr.trim().split('\n').at(-1) || `git ${args[0]} failed`);
}

/** What git says before it fails, if it does. */
export async function gitSays(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execa('git', args as string[], { ...gitSettings(folder), stdin: 'ignore' });
  return stdout;
}

/** Like `git`, but gives null where git fails. */
export async function tryGit(folder: string, args: readonly string[]): Promise<string | null> {
  return git(folder, args).catch(() => null);
}
