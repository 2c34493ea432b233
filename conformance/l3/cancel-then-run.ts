// Cancels a tool at once and runs it again: whatever the cancel met, the next task gets its answer.
import { setUpBench } from '../run/bench.ts';
import { type Golden, type Subject, unmet } from '../run/subject.ts';

/** What a cancelled task may end in besides its answer. */
const ends = ['CANCELLED', 'TOOL_FAILED'];

export async function cancelThenRun(subject: Subject, [golden]: readonly Golden[]): Promise<void> {
  const bench = await setUpBench(subject);
  const where = `conformance/golden/${golden!.name}: cancelled at once, then run again`;
  try {
    const cancelled = new AbortController();
    setImmediate(() => cancelled.abort());
    const first = await bench.answer(golden!, cancelled.signal);
    if ('code' in first && !ends.includes(first.code)) throw unmet('an answer, or CANCELLED', first, where);
    const second = await bench.answer(golden!);
    if ('code' in second !== (golden!.error !== undefined))
      throw unmet('the answer of the golden fixture', second, where);
  } finally {
    await bench.stop();
  }
}
