import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { fault } from '../../contracts/errors.ts';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import { loadDecisions } from '../../process/decide.ts';
import { readDiagram } from '../../process/read-bpmn.ts';
import type { Node, StepGraph } from '../../process/step-graph.ts';
import { packageRoot } from '../version.ts';
import { newAfterFailure } from './after-failure.ts';
import { type Decide, newDecide } from './decide.ts';
import { type Journey, newJourney, type Step } from './journey.ts';
import { newRunJourney } from './run-journey.ts';

const own = (path: string) => fileURLToPath(new URL(path, packageRoot));
const names = [
  ...['plan', 'acquire', 'validate', 'load-plugin', 'execute', 'verify'],
  ...['commit-ledger', 'reject', 'rollback', 'fall-back', 'quarantine'],
];

let diagram: StepGraph;
let decide: Decide;

function journeyOf(task: Partial<Task> = {}): Journey {
  const source = { claim: 'claim', file: 'many.jsonl', line: 1, claimedAt: '2026-01-01T00:00:00.000Z' };
  return newJourney({ source, task: { tool: 'x', ...task }, id: 'claim:1', digest: 'sha256:00' }, '');
}

/** Walks the real diagram; `steps` say what some of its boxes do, the others do nothing. */
function runner(steps: Record<string, Step> = {}, graph = diagram, fallback = 'none') {
  const rests: number[] = [];
  const parked: Journey[] = [];
  const run = newRunJourney(
    graph,
    {
      steps: { ...Object.fromEntries(names.map((name) => [name, async () => undefined])), ...steps },
      decide,
      afterFailure: newAfterFailure(decide, () => ({}) as CategoryBudget),
      askFallback: async () => ({ action: fallback, tool: null, value: null }),
      rest: async (_, delayMs) => void rests.push(delayMs),
      park: async (journey) => void parked.push(journey),
    },
    'orchestration.bpmn',
  );
  return { run, rests, parked };
}

/** The diagram with one node in the place of another of the same id. */
function redrawn(node: Node): StepGraph {
  return { ...diagram, nodes: new Map(diagram.nodes).set(node.id, node) };
}

function refuses(graph: StepGraph, detail: string): void {
  const message = `orchestration.bpmn cannot be run: ${detail}.`;
  assert.throws(() => runner({}, graph), { code: 'DIAGRAM_INVALID', message });
}

describe('the journey', () => {
  before(async () => {
    diagram = await readDiagram(own('process/orchestration.bpmn'));
    decide = newDecide(await loadDecisions([own('process/decisions.dmn')]));
  });

  it('passes the boxes of the diagram in order', async () => {
    const { run } = runner();
    const journey = journeyOf();

    const arrival = await run(journey);

    assert.deepEqual(arrival, { at: 'end', id: 'done' });
    assert.deepEqual(
      journey.path.filter((id) => names.includes(id)),
      ['plan', 'acquire', 'validate', 'load-plugin', 'execute', 'verify', 'commit-ledger'],
    );
  });

  it('refuses a diagram with a way to done that misses validate, verify or commit-ledger', () => {
    for (const [box, around] of [
      ['validate', 'acquire'],
      ['verify', 'execute'],
      ['commit-ledger', 'verify'],
    ] as const) {
      const next = box === 'commit-ledger' ? 'done' : (diagram.nodes.get(box) as { next: string }).next;
      refuses(redrawn({ kind: 'step', id: around, next, onError: null }), `a way to done misses ${box}`);
    }
  });

  it('refuses a way around that only one branch takes, or only an error', () => {
    const keep = diagram.nodes.get('keep') as Node & { kind: 'gateway' };
    const branches = [{ condition: 'rollback = "never"', to: 'done' }, ...keep.branches];
    refuses(redrawn({ ...keep, branches }), 'a way to done misses commit-ledger');

    const execute = diagram.nodes.get('execute') as Node & { kind: 'step' };
    refuses(redrawn({ ...execute, onError: 'commit-ledger' }), 'a way to done misses verify');
  });

  it('refuses a diagram with a box that the kernel lacks, and one without done', () => {
    const known = names.join(', ');
    refuses(
      redrawn({ kind: 'step', id: 'make-coffee', next: 'done', onError: null }),
      `make-coffee is a step that this kernel does not have; it has ${known}`,
    );
    const nodes = new Map(diagram.nodes);
    nodes.delete('done');
    refuses({ ...diagram, nodes }, 'it has no end event done');
  });

  it('ends a duplicate at once', async () => {
    const acquire: Step = async (journey) => {
      journey.duplicate = true;
    };
    const journey = journeyOf();

    assert.deepEqual(await runner({ acquire }).run(journey), { at: 'end', id: 'duplicate' });
    assert.equal(journey.path.includes('validate'), false);
  });

  it('rejects what fails before it ran', async () => {
    const validate: Step = async () => {
      throw fault('WORKSPACE_REQUIRED', { tool: 'x' });
    };
    const journey = journeyOf();

    assert.deepEqual(await runner({ validate }).run(journey), { at: 'end', id: 'rejected' });
    assert.equal(journey.error?.code, 'WORKSPACE_REQUIRED');
  });

  it('tries again what may work later, after longer and longer rests, and then gives up', async () => {
    const execute: Step = async () => {
      throw fault('TOOL_FAILED_RETRYABLE', { tool: 'x', detail: 'busy' });
    };
    const { run, rests } = runner({ execute });
    const journey = journeyOf({ retry: { maxAttempts: 4, delayMs: 100, strategy: 'fibonacci' } });

    assert.deepEqual(await run(journey), { at: 'end', id: 'failed' });

    assert.equal(journey.attempt, 4);
    assert.equal(rests.length, 3);
    for (const [index, exact] of [100, 100, 200].entries()) {
      const rest = rests[index] ?? 0;
      assert.ok(rest >= exact && rest <= exact * 1.2, `${rest} after ${index + 1} failures`);
    }
    assert.equal(journey.retries.length, 4);
    assert.deepEqual(
      journey.decisions.filter(({ table }) => table === 'retry'),
      [],
      'they are in the envelope',
    );
  });

  it('does not try again what cannot work', async () => {
    const execute: Step = async () => {
      throw fault('TOOL_FAILED', { tool: 'x', detail: 'no such file' });
    };
    const { run, rests } = runner({ execute });

    assert.deepEqual(await run(journeyOf()), { at: 'end', id: 'failed' });
    assert.deepEqual(rests, []);
  });

  it('takes what the table fallback gives through every box again, and gives up after the fifth', async () => {
    const execute: Step = async () => {
      throw fault('TOOL_FAILED', { tool: 'x', detail: 'no such file' });
    };
    const journey = journeyOf();

    assert.deepEqual(await runner({ execute }, diagram, 'tool').run(journey), { at: 'end', id: 'failed' });
    assert.equal(journey.path.filter((id) => id === 'fall-back').length, 5);
    assert.equal(journey.path.filter((id) => id === 'validate').length, 6);
  });

  it('puts into quarantine what was half applied', async () => {
    const commit: Step = async () => {
      throw fault('EFFECT_HALF_APPLIED', { conflicts: 'a.txt' });
    };
    const journey = journeyOf();

    assert.deepEqual(await runner({ 'commit-ledger': commit }).run(journey), { at: 'end', id: 'quarantined' });
  });

  it('waits for a person where the task asks for an approval', async () => {
    const { run, parked } = runner();
    const journey = journeyOf({ approval: 'required' });

    assert.deepEqual(await run(journey), { at: 'approval', id: 'await-approval' });
    assert.deepEqual(parked, [journey]);
  });

  it('lets a bug of the kernel through', async () => {
    const execute: Step = async () => {
      throw new TypeError('a bug');
    };
    await assert.rejects(runner({ execute }).run(journeyOf()), { name: 'TypeError', message: 'a bug' });
  });
});
