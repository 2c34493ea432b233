import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Picture } from './picture.ts';
import { pictureOfDiagram } from './picture-of-diagram.ts';
import { wayThrough } from './way.ts';

const begin = ['plan', 'acquire', 'first', 'validate', 'load-plugin', 'execute'];

async function pictureOf(path: string): Promise<Picture> {
  return (await pictureOfDiagram(readFileSync(new URL(path, import.meta.url), 'utf8'), path)) as Picture;
}

describe('The way through a picture', () => {
  let journey: Picture;
  before(async () => {
    journey = await pictureOf('../orchestration.bpmn');
  });

  it('numbers what was come to, several times where it was come to again', () => {
    const { visits } = wayThrough(journey, [...begin, 'retry', 'backoff', 'load-plugin', 'execute', 'verify']);

    assert.deepEqual(visits.get('plan'), [1]);
    assert.deepEqual(visits.get('execute'), [6, 10]);
    assert.equal(visits.has('quarantine'), false);
  });

  it('goes along the flows between, from the start, and through the error event where a step failed', () => {
    const { edges, events } = wayThrough(journey, [...begin, 'retry', 'quarantine']);

    assert.deepEqual([...edges].slice(-4), [
      'load-plugin-to-execute',
      'execute-error-to-retry',
      'retry-to-quarantine',
      'quarantine-to-quarantined',
    ]);
    assert.ok(edges.has('start-to-plan'));
    assert.deepEqual([...events], ['start', 'execute-error', 'quarantined']);
  });

  it('comes to the end that alone can follow, for entries are written before it', () => {
    assert.ok(wayThrough(journey, ['plan', 'reject']).events.has('rejected'));
    assert.deepEqual([...wayThrough(journey, ['plan', 'acquire']).events], ['start']);
  });

  it('names what the picture does not have', () => {
    assert.deepEqual(wayThrough(journey, ['plan', 'weigh', 'acquire', 'weigh']).missing, ['weigh']);
  });

  it('follows branches that take turns', async () => {
    const order = await pictureOf('../fixtures/every-shape.bpmn');

    const { edges } = wayThrough(order, ['split', 'payment', 'pack', 'unpaid']);

    assert.deepEqual([...edges].slice(1), ['split-to-payment', 'split-to-pack', 'refused-to-unpaid']);
  });
});
