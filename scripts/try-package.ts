// npm run try-package: packs what `npm run build` makes, installs it elsewhere as a user would, and runs two tasks.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ResultLine } from '../contracts/generated/result.v1.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const place = realpathSync(mkdtempSync(join(tmpdir(), 'arbiter-package-')));
const workspace = join(place, 'notes');
const home = join(place, 'home');
/** The head of the ledger is noted here and not among the user's own. */
const env = { ...process.env, XDG_STATE_HOME: join(place, 'state') };

try {
  run(root, process.execPath, [join(root, 'scripts/build.ts')]);
  const [packed] = JSON.parse(run(join(root, 'dist'), 'npm', ['pack', '--json', '--pack-destination', place]));
  mkdirSync(workspace);
  writeFileSync(join(place, 'package.json'), '{ "private": true }\n');
  // Nothing has to be built at install; npm would otherwise compile better-sqlite3, whose binary is in its package.
  const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  run(place, 'npm', ['install', ...quick, join(place, packed.filename)]);

  arbiter(['init', '--workspace', workspace]);
  arbiter(['submit', 'jsonl-parser', 'text={"tea":3}']);
  arbiter(['submit', 'file-writer', 'path=tea.txt', 'content=one pot', '--workspace', workspace]);
  startOnce();
  demandResults();
  arbiter(['ledger', 'verify']);
  console.log(`${packed.filename}: ${packed.files.length} files, installed, two tasks done, ledger verified`);
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** A package is tried for being whole, so a machine without a sandbox does too: tests and probes try the sandbox. */
function startOnce(): void {
  const output = arbiter(['start', '--once'], [0, 3]);
  if (output.includes('ISOLATION_UNAVAILABLE')) arbiter(['start', '--once', '--isolation', 'process']);
}

function demandResults(): void {
  const done = join(home, 'done');
  const results = readdirSync(done)
    .filter((name) => name.endsWith('.results.jsonl'))
    .flatMap((name) => readFileSync(join(done, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as ResultLine);
  if (results.length !== 2 || results.some(({ status }) => status !== 'done'))
    throw new Error(`Two tasks should be done, and these are: ${JSON.stringify(results)}`);
  const written = readFileSync(join(workspace, 'tea.txt'), 'utf8');
  if (written !== 'one pot') throw new Error(`tea.txt holds ${written}`);
}

/** Never fetches: another package may have the name. */
function arbiter(args: readonly string[], expected?: readonly number[]): string {
  return run(place, 'npx', ['--no', '--', 'arbiter', ...args, '--home', home], expected);
}

function run(folder: string, program: string, args: readonly string[], expected: readonly number[] = [0]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
  if (error) throw error;
  if (!expected.includes(status ?? -1))
    throw new Error(
      `${program} ${args.join(' ')} ended with ${status} instead of ${expected.join(' or ')}:\n${stdout}${stderr}`,
    );
  return program === 'npx' ? stdout + stderr : stdout;
}
