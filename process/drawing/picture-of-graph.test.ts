import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { coveringLabels, edgesThroughShapes, looseEnds, overlappingShapes } from '../fixtures/misplaced.ts';
import type { Node, StepGraph } from '../step-graph.ts';
import { surroundings } from '../workflows/fixtures/surroundings.ts';
import { prepareWorkflow, readWorkflowFile } from '../workflows/read-workflow.ts';
import { pictureOfGraph } from './picture-of-graph.ts';

const templates = fileURLToPath(new URL('../workflows/templates', import.meta.url));

function graphOf(start: string, ...nodes: Node[]): StepGraph {
  return { start, nodes: new Map(nodes.map((node) => [node.id, node])) };
}

const retried = graphOf(
  'work',
  { kind: 'step', id: 'work', next: 'fine?', onError: 'pause' },
  { kind: 'timer', id: 'pause', durationMs: '5', next: 'work' },
  {
    ...{ kind: 'gateway', id: 'fine?', decision: null, atMost: null },
    branches: [
      { condition: 'ok', to: '#done' },
      { condition: null, to: 'ask' },
    ],
  },
  { kind: 'approval', id: 'ask', next: '#done' },
  { kind: 'end', id: '#done' },
  { kind: 'end', id: '#never' },
);

describe('The picture of a step graph', () => {
  it('has a shape for every node that can be come to, a start, and an event for every error that leads aside', async () => {
    const { shapes, title } = await pictureOfGraph(retried, 'Retried');

    assert.equal(title, 'Retried');
    assert.deepEqual(
      shapes.map(({ id, kind, sign, label }) => [id, kind, sign, label]),
      [
        ['#begin', 'start', null, ''],
        ['work', 'task', 'service', 'work'],
        ['work#error', 'boundary', 'error', ''],
        ['fine?', 'gateway', 'exclusive', 'fine?'],
        ['#done', 'end', null, 'done'],
        ['ask', 'task', 'user', 'ask'],
        ['pause', 'intermediate', 'timer', 'pause'],
      ],
    );
  });

  it('has the flows with their conditions, defaults and errors', async () => {
    const { edges } = await pictureOfGraph(retried, 'Retried');

    assert.deepEqual(
      edges.map(({ from, to, kind, mark, label }) => [from, to, kind, mark, label]),
      [
        ['#begin', 'work', 'flow', null, ''],
        ['work', 'fine?', 'flow', null, ''],
        ['work#error', 'pause', 'error', null, ''],
        ['fine?', '#done', 'flow', null, 'ok'],
        ['fine?', 'ask', 'flow', 'default', ''],
        ['ask', '#done', 'flow', null, ''],
        ['pause', 'work', 'flow', null, ''],
      ],
    );
  });

  it('draws a node of a kind that it does not know as a box with its name', async () => {
    const unknown = { kind: 'dance', id: 'tango', next: '#done' } as unknown as Node;

    const { shapes, edges } = await pictureOfGraph(graphOf('tango', unknown, { kind: 'end', id: '#done' }), 'Dance');

    assert.deepEqual([shapes[1]?.kind, shapes[1]?.label], ['task', 'tango']);
    assert.deepEqual([edges[1]?.from, edges[1]?.to], ['tango', '#done']);
  });

  for (const file of readdirSync(templates))
    it(`lays out ${file} without anything on anything else`, async () => {
      const { graph, name } = await prepareWorkflow(readWorkflowFile(join(templates, file)), surroundings());

      const picture = await pictureOfGraph(graph, name);

      assert.deepEqual(overlappingShapes(picture), []);
      assert.deepEqual(edgesThroughShapes(picture), []);
      assert.deepEqual(coveringLabels(picture), []);
      assert.deepEqual(looseEnds(picture), []);
    });

  it('lays out any graph without anything on anything else', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const to = fc.constantFrom(...ids);
    const condition = fc.constantFrom('x', 'steps.reserve.status = "done"');
    const branches = fc.array(fc.record({ condition, to }), { minLength: 1, maxLength: 3 });
    const node = (id: string): fc.Arbitrary<Node> =>
      fc.oneof(
        fc.record({ next: to, onError: fc.option(to) }).map((leads): Node => ({ kind: 'step', id, ...leads })),
        fc.tuple(branches, to).map(
          ([some, otherwise]): Node => ({
            ...{ kind: 'gateway', id, decision: null, atMost: null },
            branches: [...some, { condition: null, to: otherwise }],
          }),
        ),
        to.map((next): Node => ({ kind: 'timer', id, durationMs: '1', next })),
        fc.constant<Node>({ kind: 'end', id }),
      );

    await fc.assert(
      fc.asyncProperty(fc.tuple(...ids.map(node)), async (nodes) => {
        const picture = await pictureOfGraph(graphOf('a', ...nodes), 'Any');

        const misplaced = [overlappingShapes, edgesThroughShapes, coveringLabels, looseEnds];
        assert.deepEqual(
          misplaced.flatMap((find) => find(picture)),
          [],
        );
      }),
      { numRuns: 10 },
    );
  });

  it('is the same every time', async () => {
    assert.deepEqual(await pictureOfGraph(retried, 'Retried'), await pictureOfGraph(retried, 'Retried'));
  });
});
