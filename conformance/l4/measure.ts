// Calls a tool again and again in its box, one call after another, and notes how long each took and what the box held.
import { childrenOf, usageOf } from '../../kernel/host/watch/usage.ts';
import type { Bench } from '../run/bench.ts';
import { unmet } from '../run/case.ts';
import { type Golden, goldenFolder } from '../run/subject.ts';

export interface Measurements {
  /** Of each call, without those to warm up. */
  readonly ms: readonly number[];
  /** Of the largest box during and after each call, megabytes. */
  readonly mb: readonly number[];
}

const warmUps = 20;
/** A tool whose calls each need a process of their own is called less often: so many, and then for so long at most. */
const [fewest, longestMs] = [40, 15_000];
const megabyte = 1024 * 1024;

/** Takes the fixtures in turn, up to `samples` times in all. Throws where one does not answer. */
export async function measure(bench: Bench, goldens: readonly Golden[], samples: number): Promise<Measurements> {
  const ms: number[] = [];
  const mb: number[] = [];
  let most = 0;
  // A box that serves one task is gone before anybody could look at it afterwards.
  const glance = setInterval(() => {
    most = Math.max(most, largestBoxMb());
  }, 10);
  const start = performance.now();
  const late = () => ms.length >= fewest && performance.now() - start > longestMs;
  try {
    for (let call = 0; ms.length < samples && !late(); call++) {
      const golden = goldens[call % goldens.length] as Golden;
      await bench.ready(golden);
      most = 0;
      const answer = await bench.answer(golden);
      const file = `${goldenFolder}/${golden.name}`;
      if ('code' in answer) throw unmet('an answer', answer, `call ${call + 1} of ${file}`, file);
      if (call < Math.min(warmUps, samples)) continue;
      ms.push(answer.ms);
      mb.push(Math.max(most, largestBoxMb()));
    }
  } finally {
    clearInterval(glance);
  }
  return { ms, mb };
}

/** Each box hangs below a process of its own that this one started. */
function largestBoxMb(): number {
  const boxes = childrenOf(process.pid).map((pid) => usageOf(pid, Number.POSITIVE_INFINITY).memory);
  return Math.max(0, ...boxes) / megabyte;
}
