import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Parser } from 'saxen';
import { drawPicture } from './draw-picture.ts';
import type { Picture, Shape } from './picture.ts';
import { pictureOfDiagram } from './picture-of-diagram.ts';
import { wayThrough } from './way.ts';

async function pictureOf(path: string): Promise<Picture> {
  return (await pictureOfDiagram(readFileSync(new URL(path, import.meta.url), 'utf8'), path)) as Picture;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The elements and the text of well-formed XML; throws for other. */
function parsed(svg: string): { elements: Element[]; text: string } {
  const elements: Element[] = [];
  let text = '';
  const parser = new Parser();
  parser.on('openTag', (name: string, attributes: () => Record<string, string>, decode: (text: string) => string) => {
    const decoded = Object.entries(attributes()).map(([key, value]) => [key, decode(value)]);
    elements.push({ name, attributes: Object.fromEntries(decoded) });
  });
  parser.on('text', (value: string, decode: (text: string) => string) => {
    text += `${decode(value)}\n`;
  });
  for (const problem of ['error', 'warn'])
    parser.on(problem as 'error', (error: Error) => {
      throw error;
    });
  parser.parse(svg);
  return { elements, text };
}

function withClass(elements: readonly Element[], ...names: string[]): Element[] {
  const classes = ({ attributes }: Element) => (attributes.class ?? '').split(' ');
  return elements.filter((element) => names.every((name) => classes(element).includes(name)));
}

const box = { x: 0, y: 0, width: 100, height: 80 };
const task: Shape = {
  ...{ id: 'a', kind: 'task', sign: null, markers: [], label: 'A', box, labelBox: null },
  ...{ attachedTo: null, goesOn: false },
};

describe('A drawn picture', () => {
  let order: Picture;
  let journey: Picture;
  before(async () => {
    order = await pictureOf('../fixtures/every-shape.bpmn');
    journey = await pictureOf('../orchestration.bpmn');
  });

  it('is well-formed SVG that says what it shows', () => {
    const { elements, text } = parsed(drawPicture(order));

    assert.equal(elements[0]?.name, 'svg');
    assert.equal(elements[0]?.attributes.role, 'img');
    assert.match(text, /every-shape\.bpmn/);
    assert.match(text, /Arrived\? leads to Delivered \(signature != null\)\./);
    assert.match(text, /refused leads to Unpaid on an error\./);
  });

  it('shows every shape and every edge', () => {
    const { elements } = parsed(drawPicture(order));

    const titles = elements.filter(({ name }) => name === 'title').length;
    // One of the whole.
    assert.equal(titles, 1 + order.shapes.length + order.edges.length);
    assert.equal(withClass(elements, 'head').length, order.edges.filter(({ kind }) => kind !== 'link').length);
    assert.equal(withClass(elements, 'default').length, 1);
    assert.equal(withClass(elements, 'goes-on').length, 1);
  });

  it('lies within its frame', () => {
    const [x, y, width, height] = (parsed(drawPicture(order)).elements[0]?.attributes.viewBox ?? '')
      .split(' ')
      .map(Number);

    assert.deepEqual([x, y, width, height], [76, 56, 1238, 598]);
  });

  it('is the same byte for byte', async () => {
    assert.equal(drawPicture(order), drawPicture(await pictureOf('../fixtures/every-shape.bpmn')));
  });

  it('holds nothing that would be markup, or no XML at all', () => {
    const label = '<script>alert("1")</script> & \u0007\ud800';
    const svg = drawPicture({ title: label, shapes: [{ ...task, label, box: { ...box, width: 900 } }], edges: [] });

    assert.equal(
      parsed(svg).elements.some(({ name }) => name === 'script'),
      false,
    );
    assert.match(svg, /&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt; &amp; ��/);
  });

  it('sets off the way that was taken, numbered, with its errors', () => {
    const way = wayThrough(journey, ['plan', 'acquire', 'first', 'validate', 'reject']);

    const { elements, text } = parsed(drawPicture(journey, { way, heading: ['t1: rejected', 'entry 3'] }));

    // Start, five boxes, the error event, and the end.
    assert.equal(
      withClass(elements, 'taken').filter(
        (one) => !withClass([one], 'flow').length && !withClass([one], 'error').length,
      ).length,
      8,
    );
    assert.equal(withClass(elements, 'flow', 'taken').length, 5);
    assert.equal(withClass(elements, 'error', 'taken').length, 1);
    assert.equal(withClass(elements, 'badge').length, 5);
    for (const said of ['t1: rejected', 'entry 3', 'number 5 on the way']) assert.ok(text.includes(said), said);
  });

  it('cuts a long list of numbers short', () => {
    const path = Array.from({ length: 5 }, () => ['load-plugin', 'execute', 'retry', 'backoff']).flat();

    const { text } = parsed(drawPicture(journey, { way: wayThrough(journey, path) }));

    assert.match(text, /number 1, 5, 9, 13, 17 on the way\n\n?1 5 9 …/);
  });
});
