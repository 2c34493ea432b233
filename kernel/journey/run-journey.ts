// Walks a task through process/orchestration.bpmn: each service task is the step of the same name.
import { ArbiterError, fault } from '../../contracts/errors.ts';
import { type Node, reachable, type StepGraph } from '../../process/step-graph.ts';
import { type Arrival, walk } from '../../process/walk.ts';
import { inSpan } from '../audit/telemetry.ts';
import { orNoRoom } from '../safety/no-room.ts';
import type { AfterFailure } from './after-failure.ts';
import type { Decide } from './decide.ts';
import type { AskFallback } from './fall-back.ts';
import type { Journey, Step } from './journey.ts';
import { changeFacts } from './verify.ts';
import { endAttempt } from './within-circuit.ts';

/** What every way to Done has to pass. */
const indispensable = ['validate', 'verify', 'commit-ledger'];

export interface JourneyParts {
  readonly steps: Readonly<Record<string, Step>>;
  readonly decide: Decide;
  /** Answers the table retry. */
  readonly afterFailure: AfterFailure;
  /** Answers the table fallback. */
  readonly askFallback: AskFallback;
  /** Waits without holding a place in the queue. */
  readonly rest: (journey: Journey, delayMs: number) => Promise<void>;
  /** Keeps the task until a person approves at the box `at`. */
  readonly park: (journey: Journey, at: string) => Promise<void>;
}

export type RunJourney = (journey: Journey) => Promise<Arrival>;

/** Checks that diagram and steps fit each other; throws DIAGRAM_INVALID. `file` is named in messages. */
export function newRunJourney(graph: StepGraph, parts: JourneyParts, file: string): RunJourney {
  refuseMisfit(graph, parts.steps, file);

  const walker = {
    async step(id: string, journey: Journey, does: string) {
      const step = parts.steps[does] as Step;
      await inSpan(id, journey.traceparent, journey.line.id, () => step(journey));
    },
    failed(_: string, journey: Journey, failure: unknown) {
      const error = failure instanceof ArbiterError ? failure : orNoRoom(failure);
      // What is not in the catalogue is a bug of the kernel: it goes up, and the claim releases itself.
      if (!(error instanceof ArbiterError)) throw error;
      journey.error = error;
    },
    async decide(table: string, journey: Journey) {
      if (table === 'retry') return parts.afterFailure(journey);
      if (table === 'fallback') return { action: (await parts.askFallback(journey)).action };
      return (await parts.decide(journey, table, changeFacts(journey))).output;
    },
    facts: (journey: Journey) => ({
      duplicate: journey.duplicate,
      answered: ['cached', 'value'].includes(journey.fallbacks.at(-1)?.action ?? ''),
      delayMs: journey.retries.at(-1)?.delayMs ?? 0,
    }),
    async wait(_: string, durationMs: number, journey: Journey) {
      await journey.copy?.discard();
      journey.copy = undefined;
      await parts.rest(journey, durationMs);
      journey.attempt += 1;
    },
    async park(id: string, journey: Journey) {
      if (journey.approvals.some(({ at }) => at === id)) return false;
      await parts.park(journey, id);
      return true;
    },
    entered: (id: string, journey: Journey) => {
      journey.path.push(id);
    },
  };

  return async (journey) => {
    try {
      return await walk(graph, journey, walker);
    } catch (error) {
      throw orNoRoom(error);
    } finally {
      endAttempt(journey, 'cannot tell');
    }
  };
}

function refuseMisfit(graph: StepGraph, steps: Readonly<Record<string, Step>>, file: string): void {
  const refuse = (detail: string) => fault('DIAGRAM_INVALID', { file, detail });
  for (const node of graph.nodes.values()) {
    if (node.kind === 'step' && !steps[doneBy(node)])
      throw refuse(`${doneBy(node)} is a step that this kernel does not have; it has ${Object.keys(steps).join(', ')}`);
    if (node.kind === 'approval' && !isStep(graph.nodes.get(node.next), 'commit-ledger') && !workFollows(node.id))
      throw refuse(
        `${node.id} waits after execute, so that it has to lead to commit-ledger: nothing is run again then`,
      );
  }
  if (!graph.nodes.has('done')) throw refuse('it has no end event done');
  for (const needed of indispensable)
    if (reachable(graph, graph.start, (node) => isStep(node, needed)).has('done'))
      throw refuse(`a way to done misses ${needed}`);

  /** Whether nothing is committed before a tool has run, or something has taken its place. */
  function workFollows(id: string): boolean {
    const before = reachable(graph, id, (node) => isStep(node, 'execute') || isStep(node, 'fall-back'));
    return [...before].every((one) => !isStep(graph.nodes.get(one), 'commit-ledger'));
  }
}

function isStep(node: Node | undefined, name: string): boolean {
  return node?.kind === 'step' && doneBy(node) === name;
}

function doneBy({ id, does = id }: Extract<Node, { kind: 'step' }>): string {
  return does;
}
