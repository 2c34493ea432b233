// npm run bench:journey: what the engine itself costs a task. Tasks are walked through process/orchestration.bpmn with steps
// that do nothing and the shipped tables, beside the same way written by hand; and how much memory walks under way take.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type DecisionTables, loadDecisions } from '../process/decide.ts';
import { readDiagram } from '../process/read-bpmn.ts';
import type { StepGraph } from '../process/step-graph.ts';
import { type Walker, walk } from '../process/walk.ts';
import { percentile } from './statistics.ts';

const [warmUp, tasks, rounds] = [5_000, 20_000, 5];
const [inFlight, mostMegabytes] = [10_000, 50];
const goalMs = 0.1;
const own = (name: string) => fileURLToPath(new URL(`../process/${name}`, import.meta.url));

/** What the tables and conditions are told of a task. */
interface Token {
  readonly category: string;
  readonly changedFiles: number;
  readonly tags: readonly string[];
  readonly wish: string;
  readonly whatIf: boolean;
  readonly gate: string;
  /** Errors that its attempts end in, one after the other. */
  readonly errors: string[];
  failures: number;
  readonly jitterMs: number;
  /** Of the latest retry. */
  delayMs: number;
}

type Draw = (index: number) => Token;

/** One in twenty fails once, one in fifty is refused by a gate, a few want an approval or only show what they would do. */
const asInLife: Draw = (index) => {
  const dice = (sides: number, salt: number) => Math.imul(index + salt, 2_654_435_761) % sides;
  return {
    category: ['transformation', 'state-change', 'state-change', 'validation', 'acquisition'][
      Math.abs(dice(5, 1))
    ] as string,
    changedFiles: Math.abs(dice(10, 2)) < 9 ? Math.abs(dice(12, 3)) : Math.abs(dice(400, 4)),
    tags: [[], [], ['nightly'], ['release'], ['docs', 'nightly']][Math.abs(dice(5, 5))] as string[],
    wish: dice(50, 6) === 0 ? 'required' : 'default',
    whatIf: dice(20, 7) === 0,
    gate: dice(50, 8) === 0 ? 'fail' : 'pass',
    errors: dice(20, 9) === 0 ? ['PLUGIN_DIED'] : [],
    failures: 0,
    // The delay of a retry with jitter.
    jitterMs: Math.abs(dice(100, 10)),
    delayMs: 0,
  };
};

/** The same, but for a number of files that no task had before: nothing that was kept helps. */
const neverBefore: Draw = (index) => ({ ...asInLife(index), changedFiles: 10 + index });

async function nothing(): Promise<void> {}

function newWalker(tables: DecisionTables): Walker<Token> {
  return {
    async step(id, token) {
      await nothing();
      if (id === 'execute' && token.errors.length > token.failures) throw new Error(token.errors[token.failures++]);
    },
    failed: () => undefined,
    async decide(table, token) {
      if (table !== 'retry') return (await tables.decide(table, changeFacts(token))).output;
      const { output } = await tables.decide(table, retryFacts(token));
      token.delayMs = 150 * token.failures + token.jitterMs;
      return { ...(output as object), delayMs: token.delayMs };
    },
    facts: ({ delayMs }) => ({ duplicate: false, answered: false, delayMs }),
    wait: nothing,
    park: async () => true,
  };
}

function retryFacts({ errors, failures, tags }: Token): Record<string, unknown> {
  return { code: errors[failures - 1], retryable: true, failures, maxAttempts: 3, tags, wished: false };
}

function changeFacts({ category, changedFiles, tags, wish, whatIf, gate }: Token): Record<string, unknown> {
  return { gate, changedFiles, requests: 0, category, wish, whatIf, tags };
}

/** The same way and the same rules as a program; what it comes to. */
async function byHand(token: Token): Promise<string> {
  const step = async (id: string): Promise<void> => {
    await nothing();
    if (id === 'execute' && token.errors.length > token.failures) throw new Error(token.errors[token.failures++]);
  };
  await step('plan');
  await step('acquire');
  await step('validate');
  for (;;) {
    await step('load-plugin');
    try {
      await step('execute');
      await step('verify');
    } catch {
      const again = token.failures < 3 && !token.tags.includes('no-retry');
      if (again) {
        token.delayMs = 150 * token.failures + token.jitterMs;
        await nothing();
        continue;
      }
      if (['PLUGIN_DIED', 'PLUGIN_TIMEOUT'].includes(token.errors[token.failures - 1] as string)) {
        await step('quarantine');
        return 'quarantined';
      }
      await step('rollback');
      return 'failed';
    }
    if (token.gate === 'fail') {
      await step('rollback');
      return 'failed';
    }
    const change = token.category === 'state-change' && token.tags.includes('needs-approval');
    if (token.changedFiles > 10_000 || (!token.whatIf && (token.wish === 'required' || change)))
      return 'await-approval';
    await step('commit-ledger');
    return 'done';
  }
}

/** Milliseconds of each task, after a warm-up. */
async function measure(draw: Draw, run: (token: Token) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < warmUp + tasks; index++) {
    const token = draw(index);
    const start = process.hrtime.bigint();
    await run(token);
    const took = Number(process.hrtime.bigint() - start) / 1e6;
    if (index >= warmUp) times.push(took);
  }
  return times;
}

function print(what: string, times: readonly number[], ratioTo?: readonly number[]): void {
  const cells = [50, 95, 99].map((rank) => percentile(times, rank).toFixed(4).padStart(9));
  const ratio = ratioTo ? `  ${(percentile(times, 50) / percentile(ratioTo, 50)).toFixed(1)} times by hand (p50)` : '';
  console.log(`${what.padEnd(46)}${cells.join('')}${ratio}`);
}

/** Both ways have to come to the same, or they are not worth comparing. */
async function demandSame(graph: StepGraph, walker: Walker<Token>): Promise<void> {
  for (let index = 0; index < 2_000; index++) {
    const { id } = await walk(graph, asInLife(index), walker);
    const hand = await byHand(asInLife(index));
    if (id !== hand) throw new Error(`Task ${index} comes to ${id}, and by hand to ${hand}.`);
  }
}

async function measureCost(graph: StepGraph, walker: Walker<Token>): Promise<void> {
  console.log(`${''.padEnd(46)}${['p50', 'p95', 'p99'].map((name) => name.padStart(9)).join('')}  ms`);
  for (const [what, draw] of [
    ['facts as in life', asInLife],
    ['facts that no task had before', neverBefore],
  ] as const) {
    // In turns, so that what else the machine does falls on both.
    const times: { hand: number[]; walked: number[] } = { hand: [], walked: [] };
    for (let round = 0; round < rounds; round++) {
      const fresh: Draw = (index) => draw(index + (draw === neverBefore ? round * (warmUp + tasks) : 0));
      times.hand.push(...(await measure(fresh, byHand)));
      times.walked.push(...(await measure(fresh, (token) => walk(graph, token, walker))));
    }
    print(`by hand, ${what}`, times.hand);
    print(`the engine, ${what}`, times.walked, times.hand);
    const p99 = percentile(times.walked, 99);
    console.log(`  p99 ${p99.toFixed(4)} ms, goal ${goalMs}: ${p99 < goalMs ? 'reached' : 'not reached'}`);
  }
}

/** Megabytes of heap that `begin` leaves in use once per walk. */
async function heapOf(begin: (index: number) => Promise<unknown>): Promise<number> {
  const { gc } = globalThis;
  if (!gc) throw new Error('Memory is measured with node --expose-gc.');
  gc();
  const before = process.memoryUsage().heapUsed;
  const walks = Array.from({ length: inFlight }, (_, index) => begin(index));
  // Every one of them has come to where it waits.
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  gc();
  const used = process.memoryUsage().heapUsed - before;
  if (walks.length !== inFlight) throw new Error('A walk was lost.');
  return used / 1e6;
}

async function measureMemory(graph: StepGraph, walker: Walker<Token>): Promise<void> {
  const executing = new Set<() => void>();
  const held = () => new Promise<void>((resolve) => executing.add(resolve));
  const waiting: Walker<Token> = {
    ...walker,
    step: (id, token, does) => (id === 'execute' ? held() : walker.step(id, token, does)),
  };
  const walked = await heapOf((index) => walk(graph, asInLife(index), waiting));
  if (executing.size !== inFlight) throw new Error(`${executing.size} of ${inFlight} walks are under way.`);
  executing.clear();
  const plain = await heapOf(async (index) => {
    const token = asInLife(index);
    await held();
    return token;
  });
  console.log(`\n${inFlight.toLocaleString('en')} instances that wait in Execute, heap in use`);
  console.log(`${'a token and a promise each'.padEnd(46)}${plain.toFixed(1).padStart(9)} MB`);
  const verdict = walked < mostMegabytes ? 'reached' : 'not reached';
  console.log(
    `${'walks of the engine'.padEnd(46)}${walked.toFixed(1).padStart(9)} MB, goal ${mostMegabytes}: ${verdict}`,
  );
}

const graph = await readDiagram(own('orchestration.bpmn'));
const walker = newWalker(await loadDecisions([own('decisions.dmn')]));
console.log(
  `${availableParallelism()} cores, ${(tasks * rounds).toLocaleString('en')} tasks each, in ${rounds} rounds that take turns\n`,
);
await demandSame(graph, walker);
await measureCost(graph, walker);
await measureMemory(graph, walker);
