import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { diagram, end, flow, start } from '../fixtures/diagram.ts';
import type { Picture } from './picture.ts';
import { pictureOfDiagram } from './picture-of-diagram.ts';

const everyShape = readFileSync(new URL('../fixtures/every-shape.bpmn', import.meta.url), 'utf8');

async function rejects(xml: string, detail: string): Promise<void> {
  const message = `x.bpmn cannot be drawn: ${detail}.`;
  await assert.rejects(pictureOfDiagram(xml, 'x.bpmn'), { code: 'DIAGRAM_UNDRAWABLE', message });
}

describe('The picture of a diagram', () => {
  let picture: Picture;
  const shape = (id: string) => picture.shapes.find((one) => one.id === id);
  const edge = (id: string) => picture.edges.find((one) => one.id === id);
  before(async () => {
    picture = (await pictureOfDiagram(everyShape, 'every-shape.bpmn')) as Picture;
  });

  it('has the shapes where their author put them', () => {
    assert.equal(picture.shapes.length, 21);
    assert.deepEqual(shape('check'), {
      ...{ id: 'check', kind: 'task', sign: 'user', label: 'Check the account' },
      box: { x: 460, y: 150, width: 100, height: 80 },
      ...{ labelBox: null, markers: [], attachedTo: null, goesOn: false },
    });
  });

  it('tells what each shape is', () => {
    const facts = [
      'ordered',
      'split',
      'payment',
      'pack',
      'slow',
      'refused',
      'confirm',
      'ship',
      'lost',
      'pool',
      'note',
    ].map((id) => [shape(id)?.kind, shape(id)?.sign, ...(shape(id)?.markers ?? [])]);

    assert.deepEqual(facts, [
      ['start', 'message'],
      ['gateway', 'parallel'],
      ['scope', null],
      ['call', null, 'each, in parallel', 'collapsed'],
      ['boundary', 'timer'],
      ['boundary', 'error'],
      ['intermediate', 'message'],
      ['task', null, 'collapsed'],
      ['end', 'terminate'],
      ['lane', null],
      ['note', null],
    ]);
    assert.deepEqual([shape('slow')?.goesOn, shape('refused')?.goesOn], [true, false]);
    assert.equal(shape('slow')?.attachedTo, 'pack');
  });

  it('puts what holds others before them, and what sits on an edge last', () => {
    const order = picture.shapes.map(({ id }) => id);

    assert.equal(order[0], 'pool');
    assert.ok(order.indexOf('payment') < order.indexOf('check'));
    assert.deepEqual(order.slice(-2), ['slow', 'refused']);
  });

  it('has the edges with their marks, conditions and errors', () => {
    assert.deepEqual(
      ['arrived-to-lost', 'arrived-to-delivered', 'refused-to-unpaid', 'confirmation', 'note-about-join'].map((id) => [
        edge(id)?.kind,
        edge(id)?.mark,
        edge(id)?.label,
      ]),
      [
        ['flow', 'default', ''],
        ['flow', null, 'signature != null'],
        ['error', null, ''],
        ['message', null, 'confirmation'],
        ['link', null, ''],
      ],
    );
    assert.deepEqual(edge('ordered-to-split')?.points, [
      { x: 198, y: 270 },
      { x: 245, y: 270 },
    ]);
  });

  it('puts labels where their author did, else where editors do', () => {
    const middle = (id: string) => (shape(id)?.labelBox?.x ?? 0) + (shape(id)?.labelBox?.width ?? 0) / 2;

    assert.deepEqual([middle('ordered'), shape('ordered')?.labelBox?.y], [180, 295]);
    assert.deepEqual([middle('delivered'), shape('delivered')?.labelBox?.y], [1240, 291]);
    const label = edge('confirmation')?.labelBox;
    assert.deepEqual([label?.x, label && label.y + label.height / 2], [876, 424]);
  });

  it('is none where there is no layout', async () => {
    assert.equal(await pictureOfDiagram(diagram(start, end('done'), flow('start', 'done')), 'x.bpmn'), null);
  });

  it('is refused where an element has no place, or the file is no BPMN', async () => {
    await rejects(everyShape.replace(/<bpmndi:BPMNShape id="check_di".*\n/, ''), 'check has no place in its layout');
    await rejects(
      everyShape.replace(/<bpmndi:BPMNEdge id="split-to-pack_di".*\n/, ''),
      'split-to-pack has no place in its layout',
    );
    await rejects('<a/>', 'it is not BPMN: failed to parse document as <bpmn:Definitions>');
  });
});
