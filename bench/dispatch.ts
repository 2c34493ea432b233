// npm run bench: what a task costs through Arbiter — claimed, decided, boxed, checked, durable — beside calling the
// plugin's function directly, in the same run. Machines are shared and noisy: look at the ratios.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeAt, makeFolders } from '../kernel/home.ts';
import { startKernel } from '../kernel/main.ts';
import { parseLines } from '../plugins/transformation/task-parser/src/jsonl-parser.ts';
import { heading, percentile, print } from './statistics.ts';

const place = mkdtempSync(join(tmpdir(), 'arbiter-bench-'));
process.env.XDG_STATE_HOME = join(place, 'state');
const input = { text: JSON.stringify({ a: 'x'.repeat(250) }) };
const line = `${JSON.stringify({ tool: 'jsonl-parser', input })}\n`;
const [coldStarts, singles, batch] = [8, 200, 20_000];

try {
  const direct = timeDirectCalls(batch);
  const cold: number[] = [];
  for (let index = 0; index < coldStarts; index++) {
    const running = await kernelOn(`cold-${index}`);
    cold.push(await running.dropAndWait(1));
    await running.stop();
  }
  const running = await kernelOn('warm');
  await running.dropAndWait(1);
  const warm: number[] = [];
  for (let index = 0; index < singles; index++) warm.push(await running.dropAndWait(1));
  const batchMs = await running.dropAndWait(batch);
  await running.stop();

  console.log(
    `${availableParallelism()} cores, isolation ${running.isolation()}, every outcome durable before it counts\n`,
  );
  heading();
  print('the function itself', direct);
  print('cold: file dropped → first outcome of a started kernel', cold);
  print('warm: file dropped → outcome, one at a time', warm);
  const [directRate, batchRate] = [perSecond(batch, sum(direct)), perSecond(batch, batchMs)];
  console.log(
    `\n${batch} lines in one file: ${batchRate} tasks/s, 1 : ${Math.round(directRate / batchRate)} of direct calls (${directRate}/s)`,
  );
  console.log(
    `overhead of a warm task over the direct call: p95 ${(percentile(warm, 95) - percentile(direct, 95)).toFixed(2)} ms`,
  );
  console.log(`goals: p95 < 50 ms cold, < 5 ms warm`);
} finally {
  rmSync(place, { recursive: true, force: true });
}

function timeDirectCalls(count: number): number[] {
  return Array.from({ length: count }, () => {
    const before = performance.now();
    parseLines(input);
    return performance.now() - before;
  });
}

/** A kernel on a home of its own, watching. */
async function kernelOn(name: string) {
  const home = homeAt(join(place, name));
  mkdirSync(home.path, { recursive: true });
  makeFolders(home);
  writeFileSync(home.settings, JSON.stringify({ schema: 'settings.v1', workspaces: [] }));
  let isolation = '';
  let onSettled: () => void = () => undefined;
  const kernel = await startKernel({
    home,
    once: false,
    onEvent(event) {
      if (event.kind === 'started') isolation = `${event.isolation} by ${event.by}`;
      if (event.kind === 'settled') onSettled();
    },
  });
  let files = 0;
  return {
    isolation: () => isolation,
    stop: () => kernel.stop(),
    /** Drops one file of `count` lines; gives the milliseconds until the last outcome is durable. */
    async dropAndWait(count: number): Promise<number> {
      const file = `${files++}.jsonl`;
      writeFileSync(join(home.path, file), line.repeat(count));
      const before = performance.now();
      const settled = new Promise<void>((resolve) => {
        let left = count;
        onSettled = () => --left === 0 && resolve();
      });
      renameSync(join(home.path, file), join(home.inbox, file));
      await settled;
      return performance.now() - before;
    },
  };
}

function perSecond(count: number, ms: number): number {
  return Math.round((count / ms) * 1000);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
