// A thread for work that must not hold up whoever asks for it, nor go on for ever: one call after the other, and what takes
// too long ends with its thread.
import { Piscina } from 'piscina';

export interface BoundedThread<Question, Answer> {
  /** Rejects with OutOfTime, or with what the work throws. */
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

export interface ThreadLimits {
  /** For one call; starting the thread does not count. */
  readonly timeMs: number;
  readonly memoryMb: number;
}

export class OutOfTime extends Error {}

const idleMs = 60_000;
/** A busy machine starts a thread late, and that is no reason to refuse anything. */
const startMs = 30_000;

/** `module`: its default export takes a question; called with nothing it only makes ready. */
export function boundedThread<Question, Answer>(
  module: string,
  { timeMs, memoryMb }: ThreadLimits,
  workerData: unknown = undefined,
): BoundedThread<Question, Answer> {
  const pool = new Piscina({
    filename: new URL(`./${module}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMs,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    workerData,
  });
  let last: Promise<unknown> = Promise.resolve();
  let isReady = false;

  return {
    ask(question) {
      const answer = last.then(async () => {
        if (!isReady) await within(startMs, undefined);
        isReady = true;
        return within(timeMs, question) as Promise<Answer>;
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    close: () => pool.destroy(),
  };

  async function within(most: number, question: unknown): Promise<unknown> {
    const signal = AbortSignal.timeout(most);
    try {
      return await pool.run(question, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      isReady = false;
      throw new OutOfTime(`longer than ${most} ms`);
    }
  }
}
