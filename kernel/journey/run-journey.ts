// Walks a task through process/orchestration.bpmn: each service task is the step of the same name.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { reachable, type StepGraph } from '../../process/step-graph.ts';
import { type Arrival, walk } from '../../process/walk.ts';
import { inSpan } from '../audit/telemetry.ts';
import { backoffMs, type Strategy } from '../safety/backoff.ts';
import type { Decide } from './decide.ts';
import type { Journey, Step } from './journey.ts';
import { changeFacts } from './verify.ts';

/** What every way to Done has to pass. */
const indispensable = ['validate', 'verify', 'commit-ledger'];
const defaultAttempts = 3;

export interface JourneyParts {
  readonly steps: Readonly<Record<string, Step>>;
  readonly decide: Decide;
  /** Waits without holding a place in the queue. */
  readonly rest: (journey: Journey, delayMs: number) => Promise<void>;
  /** Keeps the task until a person approves. */
  readonly park: (journey: Journey) => Promise<void>;
}

export type RunJourney = (journey: Journey) => Promise<Arrival>;

/** Checks that diagram and steps fit each other; throws DIAGRAM_INVALID. `file` is named in messages. */
export function newRunJourney(graph: StepGraph, parts: JourneyParts, file: string): RunJourney {
  refuseMisfit(graph, parts.steps, file);

  const walker = {
    async step(id: string, journey: Journey) {
      const step = parts.steps[id] as Step;
      await inSpan(id, journey.traceparent, journey.line.id, () => step(journey));
    },
    failed(_: string, journey: Journey, error: unknown) {
      // What is not in the catalogue is a bug of the kernel: it goes up, and the claim releases itself.
      if (!(error instanceof ArbiterError)) throw error;
      journey.error = error;
    },
    async decide(table: string, journey: Journey) {
      if (table !== 'retry') return (await parts.decide(journey, table, changeFacts(journey))).output;
      return decideRetry(journey);
    },
    facts: (journey: Journey) => ({ duplicate: journey.duplicate, delayMs: journey.retries.at(-1)?.delayMs ?? 0 }),
    async wait(_: string, durationMs: number, journey: Journey) {
      await parts.rest(journey, durationMs);
      journey.attempt += 1;
    },
    park: (_: string, journey: Journey) => parts.park(journey),
    entered: (id: string, journey: Journey) => {
      journey.path.push(id);
    },
  };

  /** Retry decisions differ from run to run, so they stand in the envelope and not among the body's decisions. */
  async function decideRetry(journey: Journey) {
    const { task } = journey.line;
    const error = journey.error as ArbiterError;
    const record = await parts.decide(journey, 'retry', {
      code: error.code,
      retryable: error.retryable,
      failures: journey.attempt,
      maxAttempts: task.retry?.maxAttempts ?? defaultAttempts,
      tags: task.tags ?? [],
    });
    journey.decisions.pop();
    const { strategy, delayMs } = record.output as { strategy: Strategy; delayMs: number };
    const delay = backoffMs(task.retry?.strategy ?? strategy, task.retry?.delayMs ?? delayMs, journey.attempt);
    journey.retries.push({ decision: record, code: error.code, message: error.message, delayMs: delay });
    return { ...(record.output as object), delayMs: delay };
  }

  return (journey) => walk(graph, journey, walker);
}

function refuseMisfit(graph: StepGraph, steps: Readonly<Record<string, Step>>, file: string): void {
  const refuse = (detail: string) => fault('DIAGRAM_INVALID', { file, detail });
  const drawn = [...graph.nodes.values()].filter(({ kind }) => kind === 'step').map(({ id }) => id);
  const unknown = drawn.find((id) => !steps[id]);
  if (unknown)
    throw refuse(`${unknown} is a step that this kernel does not have; it has ${Object.keys(steps).join(', ')}`);
  if (!graph.nodes.has('done')) throw refuse('it has no end event done');
  for (const needed of indispensable)
    if (reachable(graph, graph.start, ({ id }) => id === needed).has('done'))
      throw refuse(`a way to done misses ${needed}`);
}
