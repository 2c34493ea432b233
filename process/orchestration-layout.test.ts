import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Picture } from './drawing/picture.ts';
import { pictureOfDiagram } from './drawing/picture-of-diagram.ts';
import { coveringLabels, edgesThroughShapes, looseEnds, overlappingShapes } from './fixtures/misplaced.ts';

describe('The layout of process/orchestration.bpmn', () => {
  let picture: Picture;
  before(async () => {
    const xml = readFileSync(new URL('./orchestration.bpmn', import.meta.url), 'utf8');
    picture = (await pictureOfDiagram(xml, 'orchestration.bpmn')) as Picture;
  });

  it('gives every element a place of its own', () => {
    assert.deepEqual(overlappingShapes(picture), []);
  });

  it('leads no flow through a box, and each to the edge of what it joins', () => {
    assert.deepEqual(edgesThroughShapes(picture), []);
    assert.deepEqual(looseEnds(picture), []);
  });

  it('puts no label on a box or on another label', () => {
    assert.deepEqual(coveringLabels(picture), []);
  });

  it('names every way out of a gateway', () => {
    const gateways = picture.shapes.filter(({ kind }) => kind === 'gateway').map(({ id }) => id);
    const unnamed = picture.edges.filter(({ from, label }) => gateways.includes(from) && label === '');

    assert.deepEqual(
      unnamed.map(({ id }) => id),
      [],
    );
  });
});
