// npm run bench:effects: what a state change costs besides the plugin's own work — private copy, box, effect set, the
// kernel's commit — for trees of 100 to 100,000 files, beside `git worktree add` and `cp -r` in the same run.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { GitTarget } from '../contracts/generated/ledger.v1.ts';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import { newHost } from '../kernel/host/host.ts';
import { chooseSandbox } from '../kernel/host/sandbox.ts';
import { copyShown } from '../kernel/journey/execute.ts';
import { loadPlugin } from '../kernel/loader/load-plugin.ts';
import { findEffects } from '../kernel/safety/effect-set.ts';
import { commitTree, moveBranch, takeTree } from '../kernel/safety/git-commit.ts';
import { newPrivateCopies } from '../kernel/safety/private-copy.ts';
import { packageRoot } from '../kernel/version.ts';
import { limitsOf, readPerformance } from '../policies/performance.ts';
import { writePlugin } from '../test/write-plugin.ts';
import { heading, percentile, print } from './statistics.ts';

const sizes = [100, 10_000, 100_000];
const [repetitions, comparisons] = [20, 3];
const place = mkdtempSync(join(tmpdir(), 'arbiter-bench-'));
const policy = readPerformance(fileURLToPath(new URL('policies/performance.yml', packageRoot)));

// Writes ten files, changes one, and says how long that took.
const program = `
const fs = require('node:fs');
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'shutdown') process.exit(0);
  if (method === 'initialize') return send({ id, result: { protocol: 'protocol.v1', tools: ['write-ten'] } });
  const start = performance.now();
  const folder = params.workspace + '/made';
  fs.mkdirSync(folder);
  for (let index = 0; index < 10; index++) fs.writeFileSync(folder + '/' + index + '.txt', 'x'.repeat(1000));
  fs.appendFileSync(params.workspace + '/folder-0/file-0.txt', 'more');
  send({ id, result: { ms: performance.now() - start } });
});
`;
const spec: PluginSpec = {
  ...{ schema: 'plugin.v1', id: 'ten-files', version: '1.0.0', category: 'state-change', description: 'Writes.' },
  entry: { file: 'plugin.cjs', runtime: 'node' },
  tools: {
    'write-ten': { description: 'Writes.', deterministic: true, input: { type: 'object' }, output: { type: 'object' } },
  },
};

try {
  const { boxer } = await chooseSandbox('auto');
  writePlugin(join(place, 'ten-files'), spec, program);
  const plugin = loadPlugin(join(place, 'ten-files'), join(place, 'store'), {});
  const host = newHost({ boxer, limitsOf: (one) => limitsOf(policy, one), network: undefined, graceMs: 1_000 });
  for (const name of ['copies', 'bases']) mkdirSync(join(place, name));
  const folders = { copies: join(place, 'copies'), bases: join(place, 'bases') };
  const copies = newPrivateCopies({ ...folders, user: host.user, layered: boxer.level !== 'process' });
  const root = process.getuid?.() === 0 ? 'root' : 'an ordinary user';
  console.log(`${availableParallelism()} cores, kernel as ${root}, boxes: ${boxer.level} by ${boxer.by}\n`);
  heading();
  const medians: number[] = [];
  for (const size of sizes) {
    const repository = await repositoryOf(size);
    const [onTop, whole]: [number[], number[]] = [[], []];
    for (let index = -1; index < repetitions; index++) {
      const before = performance.now();
      const own = await changeOnce(repository, index);
      // The first one writes out the base.
      if (index >= 0) {
        whole.push(performance.now() - before);
        onTop.push(performance.now() - before - own);
      }
      // Until the next process waits.
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    print(`${size} files: copy, box, effects, commit, without the plugin's work`, onTop);
    print(`${size} files: all of it`, whole);
    print(`${size} files: git worktree add`, await timed(comparisons, (index) => addWorktree(repository, index)));
    print(`${size} files: cp -r`, await timed(comparisons, (index) => copyAll(repository, index)));
    medians.push(percentile(whole, 50));
  }
  const growth = (medians.at(-1) as number) / (medians[0] as number);
  console.log(`\n${sizes.at(-1)} files : ${sizes[0]} files (goal ≤ 1.5)${''.padEnd(18)} ${growth.toFixed(2)}`);
  console.log("on top of the plugin's own work (goal ≤ 40 ms): the first line of each size");
  await host.stop(1_000);

  /** One state change as the kernel makes it; gives what the plugin itself took, milliseconds. */
  async function changeOnce(repository: string, index: number): Promise<number> {
    const copy = await copies.make({ path: repository, ref: null, hidden: null });
    const output = await host.execute({
      ...{ plugin, tool: 'write-ten', input: {}, workspace: copyShown(copy), whatIf: false, traceparent: '' },
      ...{ now: '2026-01-01T00:00:00Z', timeoutMs: 20_000, signal: new AbortController().signal },
      ...{ onKernelCall: () => null, onRequest: () => undefined },
    });
    const effects = await findEffects(copy, 'bench');
    const target = effects.target as GitTarget;
    if (effects.files.length !== 11) throw new Error(`${effects.files.length} effects instead of 11`);
    await takeTree(repository, copy);
    const commit = await commitTree(target, '2026-01-01T00:00:00Z');
    await moveBranch(repository, `bench/${index + 1}`, null, commit, 'bench');
    void copy.discard();
    return (output as { ms: number }).ms;
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function repositoryOf(size: number): Promise<string> {
  const repository = join(place, `repository-${size}`);
  for (let index = 0; index < size; index++) {
    const file = join(repository, `folder-${Math.floor(index / 100)}`, `file-${index % 100}.txt`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `This is file ${index}.\n`);
  }
  const git = (...args: string[]) =>
    execa('git', ['-C', repository, '-c', 'user.name=x', '-c', 'user.email=x@y', ...args]);
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-qm', 'first');
  return repository;
}

async function timed(times: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const measured: number[] = [];
  for (let index = 0; index < times; index++) {
    const before = performance.now();
    await work(index);
    measured.push(performance.now() - before);
  }
  return measured;
}

function addWorktree(repository: string, index: number): Promise<unknown> {
  const folder = join(place, `worktree-${index}-${Math.random()}`);
  return execa('git', ['-C', repository, 'worktree', 'add', '-q', '--detach', folder]);
}

function copyAll(repository: string, index: number): Promise<unknown> {
  return execa('cp', ['-r', repository, join(place, `copy-${index}-${Math.random()}`)]);
}
