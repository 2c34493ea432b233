// A home in a temporary folder and the command line as a user types it.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { ErrorLine } from '../contracts/generated/error-line.v1.ts';
import type { ResultLine } from '../contracts/generated/result.v1.ts';
import { type Home, homeAt, makeFolders } from '../kernel/home.ts';
import { type Run, runAlone, runResident } from './resident.ts';

const bin = fileURLToPath(new URL('../cli/bin.js', import.meta.url));

export interface TemporaryHome {
  /** Holds the home and whatever else the test needs. */
  readonly place: string;
  readonly home: Home;
  /** The command line's program. */
  readonly bin: string;
  /** Runs a command on this home and waits for it, in a process that other commands were run in. */
  arbiter(...args: readonly string[]): Promise<Run>;
  /** Runs a command on this home and waits for it, in a process of its own. */
  program(...args: readonly string[]): Promise<Run>;
  /** Starts a command on this home and does not wait. */
  begin(...args: readonly string[]): ChildProcess;
  /** Drops a file into the inbox; objects become lines. */
  drop(name: string, lines: readonly (object | string)[]): void;
  /** Every result line of the files dropped as `name`, in the order of their lines. */
  results(name: string): ResultLine[];
  errors(name: string): ErrorLine[];
  /** The failed lines as they came. */
  failed(name: string): string;
  /** A folder that tasks may work on, with `files` in it. */
  folder(name: string, files?: Record<string, string>): string;
  /** A repository with one commit of `files`. */
  repository(name: string, files?: Record<string, string>): Promise<string>;
  git(repository: string, ...args: readonly string[]): Promise<string>;
  remove(): void;
}

export function temporaryHome(settings: Record<string, unknown> = {}): TemporaryHome {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'arbiter-test-')));
  const home = homeAt(join(place, 'home'));
  mkdirSync(join(place, 'work'));
  makeFolders(home);
  writeFileSync(
    home.settings,
    JSON.stringify({ schema: 'settings.v1', workspaces: ['../work'], queue: { restMs: 50 }, ...settings }),
  );
  const env = { XDG_STATE_HOME: join(place, 'state') };
  // For what the test itself appends.
  Object.assign(process.env, env);
  const command = (args: readonly string[]) => [bin, ...args, '--home', home.path];

  const linesIn = <Line>(folder: string, ending: string): Line[] =>
    readdirSync(folder)
      .filter((file) => file.endsWith(ending))
      .sort()
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean))
      .map((line) => JSON.parse(line));
  const stem = (name: string) => name.replace(/\.jsonl$/, '');

  const temporary: TemporaryHome = {
    place,
    home,
    bin,
    arbiter: (...args) => runResident([...args, '--home', home.path], env),
    program: (...args) => runAlone([...args, '--home', home.path], env),
    begin: (...args) =>
      spawn(process.execPath, command(args), { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }),
    drop(name, lines) {
      const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
      writeFileSync(join(home.inbox, name), text);
    },
    results: (name) => linesIn<ResultLine>(home.done, `.${stem(name)}.results.jsonl`).sort((a, b) => a.line - b.line),
    errors: (name) => linesIn<ErrorLine>(home.failed, `.${stem(name)}.errors.jsonl`).sort((a, b) => a.line - b.line),
    failed: (name) =>
      readdirSync(home.failed)
        .filter((file) => file.endsWith(`.${name}`))
        .map((file) => readFileSync(join(home.failed, file), 'latin1'))
        .join(''),
    folder(name, files = {}) {
      const path = join(place, 'work', name);
      mkdirSync(path, { recursive: true });
      for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
      return path;
    },
    async repository(name, files = { 'README.md': '# A repository\n' }) {
      const path = temporary.folder(name, files);
      await temporary.git(path, 'init', '--quiet', '--initial-branch=main');
      await temporary.git(path, 'add', '.');
      await temporary.git(path, 'commit', '--quiet', '--message=First commit');
      return path;
    },
    async git(repository, ...args) {
      const { stdout } = await execa('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], {
        cwd: repository,
      });
      return stdout;
    },
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
  return temporary;
}
