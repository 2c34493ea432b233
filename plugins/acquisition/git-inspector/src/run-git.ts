// Runs git's own command line on a repository that nobody has vouched for. Invariants: no shell; nothing is written,
// fetched or asked; only the repository itself decides the answer, never the configuration of user or machine; and
// none of git's own hooks into other programs is used. What is left is a clean filter that the repository configures
// for itself, which git cannot be told to leave out: that is what the sandbox is for.
import { type ExecFileException, execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ToolContext, ToolFailure } from '../../../../pdk/define-plugin.ts';

const mostBytes = 64 * 1024 * 1024;
const tooMuch = 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';

export interface GitAnswer {
  readonly stdout: Buffer;
  /** False when git answered no, by exit code 1; see `mayMiss`. */
  readonly found: boolean;
  /** True when there was more than `maxBytes`. */
  readonly cut: boolean;
}

interface GitOptions {
  /** Stop git after this many bytes and give what came so far. */
  readonly maxBytes?: number;
  /** Take exit code 1 for an answer: what was asked for is not there. */
  readonly mayMiss?: boolean;
}

/** Runs `git <args>` in the workspace. Throws a ToolFailure in git's own words. */
export function runGit(context: ToolContext, args: string[], options: GitOptions = {}): Promise<GitAnswer> {
  const workspace = realpathSync(context.workspace as string);
  const maxBuffer = options.maxBytes ?? mostBytes;
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      [...guards(workspace), ...args],
      { encoding: 'buffer', env: environment(workspace), maxBuffer, signal: context.signal },
      (error, stdout, stderr) => {
        if (!error) return resolve({ stdout, found: true, cut: false });
        if (error.code === 1 && options.mayMiss) return resolve({ stdout, found: false, cut: false });
        if (isCode(error, tooMuch) && options.maxBytes !== undefined)
          return resolve({ stdout, found: true, cut: true });
        reject(error.name === 'AbortError' ? error : failureOf(error, `${args[0]}`, stderr.toString()));
      },
    );
  });
}

function guards(workspace: string): string[] {
  return [
    '-C',
    workspace,
    '--no-pager',
    // A path is a path, whatever magic characters it holds.
    '--literal-pathspecs',
    ...['-c', 'core.fsmonitor=false'],
    ...['-c', 'core.hooksPath=/dev/null'],
    ...['-c', 'log.showSignature=false'],
    // The kernel granted this folder; in the box it may belong to another user.
    ...['-c', `safe.directory=${workspace}`],
  ];
}

function environment(workspace: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    // Messages are matched below.
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    // A repository further up is not the workspace, even where the box lets it be seen.
    GIT_CEILING_DIRECTORIES: dirname(workspace),
    // A partial clone would fetch what it lacks, by a program of its own choosing.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_TERMINAL_PROMPT: '0',
  };
}

function failureOf(error: ExecFileException, command: string, stderr: string): ToolFailure {
  if (isCode(error, 'ENOENT')) return new ToolFailure('git is not installed where this plugin runs.');
  if (isCode(error, tooMuch)) return new ToolFailure(`git ${command} answered with more than ${mostBytes} bytes.`);
  if (stderr.includes('not a git repository')) return new ToolFailure('The workspace is not a git repository.');
  const said = stderr.match(/^(?:fatal|error): (.*)$/m)?.[1];
  return new ToolFailure(`git ${command} failed: ${said ?? `it ended with ${error.signal ?? error.code}`}`);
}

/** Node gives the exit code as a number and its own codes as strings under one name. */
function isCode(error: ExecFileException, code: string): boolean {
  return String(error.code) === code;
}
