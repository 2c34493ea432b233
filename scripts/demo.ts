// npm run demo: a home and a small repository in a temporary folder, tasks of all five categories and four that go
// wrong, run as a user would run them. Fails when anything ends otherwise than it says.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ResultLine } from '../contracts/generated/result.v1.ts';

const arbiter = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'arbiter-demo-'));
const home = join(place, 'home');
const repository = join(place, 'shop');
const folder = join(place, 'notes');

/** What is dropped, and how it has to end. A text is dropped as it is. */
const tasks: readonly { what: string; line: object | string; ends: ResultLine['status'] }[] = [
  { what: 'acquisition: status of a repository', ends: 'done', line: { tool: 'git-status', workspace: repository } },
  {
    what: 'acquisition: its history',
    ends: 'done',
    line: { tool: 'git-log', workspace: repository, input: { limit: 5 } },
  },
  {
    what: 'transformation: parse JSON lines',
    ends: 'done',
    line: { tool: 'jsonl-parser', input: { text: '{"a":1}\n{"a":2}\n' } },
  },
  {
    what: 'validation: check the JSON of a folder',
    ends: 'done',
    line: { tool: 'contract-validator', workspace: folder, input: { files: ['prices.json'] } },
  },
  {
    what: 'state change in a repository: the result is a branch',
    ends: 'done',
    line: {
      id: 'changelog',
      title: 'Add a changelog',
      tool: 'file-writer',
      workspace: repository,
      input: { path: 'CHANGELOG.md', content: '# Changelog\n' },
    },
  },
  {
    what: 'state change in a folder: gated, then applied',
    ends: 'done',
    line: {
      tool: 'file-writer',
      workspace: folder,
      input: { path: 'prices.json', content: '{"tea": 3, "cake": 4}\n' },
    },
  },
  {
    what: 'what if: shown, not applied',
    ends: 'planned',
    line: {
      tool: 'file-writer',
      workspace: folder,
      whatIf: true,
      input: { path: 'todo.md', content: '- everything\n' },
    },
  },
  {
    what: 'orchestration: choose a branch, submit its task',
    ends: 'done',
    line: {
      tool: 'branch-router',
      input: {
        facts: { amount: 250 },
        branches: [
          { name: 'large', when: 'amount > 100', task: { tool: 'jsonl-parser', input: { text: '{"review":true}' } } },
        ],
      },
    },
  },
  {
    what: 'refused by its gate: broken JSON',
    ends: 'failed',
    line: { tool: 'file-writer', workspace: folder, input: { path: 'broken.json', content: '{"tea": ' } },
  },
  { what: 'malformed line', ends: 'rejected', line: '{"tool": "git-status", ' },
  { what: 'unknown tool', ends: 'rejected', line: { tool: 'git-stats', workspace: repository } },
  { what: 'wrong input', ends: 'rejected', line: { tool: 'jsonl-parser', input: { txt: '{}' } } },
];

prepare();
run('init', '--workspace', repository, folder);
writeFileSync(
  join(home, 'inbox', 'demo.jsonl'),
  tasks.map(({ line }) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
);
console.log(`\nDropped ${tasks.length} lines into ${join(home, 'inbox', 'demo.jsonl')}\n`);
startOnce();
const wrong = compare(readResults());
run('explain', 'changelog');
run('ledger', 'verify');
console.log(`
What came of it
  results   ${join(home, 'done')}
  failed    ${join(home, 'failed')}   the lines as they came, and why
  folder    ${folder}   prices.json is new, broken.json and todo.md are not there
  branch    git -C ${repository} show arbiter/changelog

Try next
  npx arbiter submit file-writer path=todo.md content=tea --workspace ${folder} --home ${home}
  npx arbiter start --once --home ${home}
  npx arbiter tasks --home ${home}
  npx arbiter doctor --home ${home}
`);
if (wrong > 0) {
  console.error(`${wrong} of ${tasks.length} lines ended otherwise than they should have.`);
  process.exitCode = 1;
}

function prepare(): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'prices.json'), '{"tea": 3}\n');
  mkdirSync(repository);
  writeFileSync(join(repository, 'README.md'), '# Shop\n');
  const git = (...args: string[]) => {
    const { status, stderr } = spawnSync('git', ['-c', 'user.name=Demo', '-c', 'user.email=demo@localhost', ...args], {
      cwd: repository,
    });
    if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr}`);
  };
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=First commit');
  writeFileSync(join(repository, 'draft.md'), 'not committed yet\n');
}

/** Some lines are meant to fail, so 1 is the right exit. Only this demo goes on without a sandbox where there is none. */
function startOnce(): void {
  const { status, stderr } = call('start', '--once', '--verbose');
  if (status !== 3 || !stderr.includes('ISOLATION_UNAVAILABLE')) return demand('start', status, [1]);
  console.log(`${stderr}
NOTICE: no sandbox proves itself on this machine, so this demo goes on with --isolation process, which is none.
        Do not run plugins that you do not trust this way. The remedy is above.
`);
  demand('start', call('start', '--once', '--verbose', '--isolation', 'process').status, [1]);
}

function run(...args: string[]): void {
  const { status, stderr } = call(...args);
  process.stderr.write(stderr);
  // A ledger that is consistent but could not be anchored outside the home is no failure of the demo.
  demand(args.join(' '), status, args[1] === 'verify' ? [0, 3] : [0]);
}

function call(...args: string[]): { status: number; stderr: string } {
  console.log(`$ arbiter ${args.map((arg) => relativeToPlace(arg)).join(' ')}`);
  const { status, stderr } = spawnSync(arbiter, [...args, '--home', home], {
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  return { status: status ?? -1, stderr };
}

function demand(what: string, status: number, expected: readonly number[]): void {
  if (expected.includes(status)) return console.log('');
  throw new Error(`arbiter ${what} ended with ${status} instead of ${expected.join(' or ')}.`);
}

function readResults(): Map<number, ResultLine> {
  const name = readdirSync(join(home, 'done')).find((file) => file.endsWith('.demo.results.jsonl'));
  if (!name) throw new Error(`There are no results in ${join(home, 'done')}.`);
  const lines: ResultLine[] = readFileSync(join(home, 'done', name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return new Map(lines.map((line) => [line.line, line]));
}

function compare(results: Map<number, ResultLine>): number {
  let wrong = 0;
  console.log('Line by line');
  for (const [index, { what, ends }] of tasks.entries()) {
    const result = results.get(index + 1);
    const right = result?.status === ends;
    if (!right) wrong += 1;
    const said = result?.message ?? result?.note ?? '';
    console.log(
      `  ${right ? ' ' : '!'} ${String(index + 1).padStart(2)}  ${(result?.status ?? 'lost').padEnd(9)} ${what}${said ? `\n                   ${said}` : ''}`,
    );
  }
  console.log('');
  return wrong;
}

function relativeToPlace(arg: string): string {
  return arg.startsWith(place) ? relative(place, arg) : arg;
}
