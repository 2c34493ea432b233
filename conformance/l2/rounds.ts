// Scenarios are played side by side, each up to the step that runs the tool; the tasks of all of them then share one kernel. A
// kernel each would take most of the time.
import type { ResultLine } from '../../contracts/generated/result.v1.ts';

export type Task = Readonly<Record<string, unknown>>;

export interface Rounds {
  /** Plays one scenario among the others. */
  play(scenario: () => Promise<void>): Promise<void>;
  /** Runs a task in the next round: as soon as every scenario that is played waits for one. */
  run(task: Task): Promise<ResultLine>;
}

interface Waiting {
  readonly task: Task;
  resolve(result: ResultLine): void;
  reject(error: unknown): void;
}

/** `runBatch` runs tasks in one kernel and gives their results in their order. */
export function newRounds(runBatch: (tasks: readonly Task[]) => Promise<readonly ResultLine[]>): Rounds {
  let playing = 0;
  let waiting: Waiting[] = [];

  function runWhenAllWait(): void {
    if (waiting.length === 0 || waiting.length < playing) return;
    const round = waiting;
    waiting = [];
    runBatch(round.map(({ task }) => task)).then(
      (results) => {
        for (const [index, { resolve }] of round.entries()) resolve(results[index] as ResultLine);
      },
      (error) => {
        for (const { reject } of round) reject(error);
      },
    );
  }

  return {
    async play(scenario) {
      playing += 1;
      try {
        // All of them have begun before the first one waits.
        await Promise.resolve();
        await scenario();
      } finally {
        playing -= 1;
        runWhenAllWait();
      }
    },
    run: (task) =>
      new Promise((resolve, reject) => {
        waiting.push({ task, resolve, reject });
        runWhenAllWait();
      }),
  };
}
