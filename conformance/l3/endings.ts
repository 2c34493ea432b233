// How a plugin ends: cancelled, killed, or told to. Whatever it was, the next task gets its answer.
import { setTimeout as nextLook } from 'node:timers/promises';
import { childrenOf, processesInBoxes } from '../../kernel/host/watch/usage.ts';
import { type Answer, onBench, setUpBench } from '../run/bench.ts';
import { unmet } from '../run/case.ts';
import { type Golden, goldenFolder, type Subject } from '../run/subject.ts';

/** What a cancelled task may end in besides its answer. */
const cancelled = ['CANCELLED', 'TOOL_FAILED'];
const killed = ['PLUGIN_DIED', 'PLUGIN_START_FAILED'];
/** Far more than a process needs that has nothing left to do. */
const leaveMs = 3_000;

export function cancelThenRun(subject: Subject, golden: Golden): Promise<void> {
  return onBench(subject, async (bench) => {
    const where = `${goldenFolder}/${golden.name}: cancelled at once, then run again`;
    const abort = new AbortController();
    setImmediate(() => abort.abort());
    const first = await bench.answer(golden, abort.signal);
    if ('code' in first && !cancelled.includes(first.code)) throw unmet('an answer, or CANCELLED', first, where);
    demandAnswer(await bench.answer(golden), golden, where);
  });
}

/** Once while it rests, and once in the middle of a call. */
export function killThenRun(subject: Subject, golden: Golden): Promise<void> {
  return onBench(subject, async (bench) => {
    const where = `${goldenFolder}/${golden.name}: every process of it killed, then run again`;
    demandAnswer(await bench.answer(golden), golden, where);
    await killBoxes();
    demandAnswer(await bench.answer(golden), golden, where);
    // Whoever is asked while it dies may say so, and nothing else.
    const [came] = await Promise.all([bench.answer(golden), killBoxes()]);
    if (!('code' in came && killed.includes(came.code))) demandAnswer(came, golden, where);
    demandAnswer(await bench.answer(golden), golden, where);
  });
}

export async function demandLeaving(subject: Subject, golden: Golden): Promise<void> {
  const bench = await setUpBench(subject);
  await bench.answer(golden);
  const ms = await bench.stop(leaveMs);
  if (ms < leaveMs) return;
  const where = `${goldenFolder}/${golden.name}, then shutdown and the end of stdin`;
  throw unmet(`no process of it ${leaveMs} ms after shutdown`, 'it had to be killed', where);
}

function demandAnswer(answer: Answer, { error }: Golden, where: string): void {
  if ('code' in answer !== (error !== undefined)) throw unmet('the answer of the golden fixture', answer, where);
}

/** Kills everything in every box that this process has built; resolves when it is gone, and known to be gone. */
async function killBoxes(): Promise<void> {
  // What holds a box ends a moment after it, and tells the host by that.
  const holders = childrenOf(process.pid).filter((child) => processesInBoxes(child).length > 0);
  for (;;) {
    const left = processesInBoxes(process.pid);
    const running = childrenOf(process.pid);
    if (left.length === 0 && !holders.some((holder) => running.includes(holder))) return;
    for (const pid of left.reverse()) kill(pid);
    await nextLook(10);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
