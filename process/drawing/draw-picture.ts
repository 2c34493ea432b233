// A picture as SVG text, without a browser and the same byte for byte every time; with a way, what a token came through
// stands out and is numbered.
import { drawEdge, drawEdgeLabel } from './draw-edge.ts';
import { drawShape } from './draw-shape.ts';
import { linesOf, widthOf } from './fit-text.ts';
import type { Box, Picture, Shape } from './picture.ts';
import { fontSize, lineHeight, style } from './style.ts';
import { element, escaped, num } from './svg.ts';
import type { Way } from './way.ts';

export interface Shown {
  readonly way?: Way;
  /** Lines above the picture; the first is its heading. */
  readonly heading?: readonly string[];
}

const margin = 24;

export function drawPicture(picture: Picture, { way, heading = [] }: Shown = {}): string {
  const { shapes, edges, title } = picture;
  const bounds = boundsOf(picture, heading);
  const classes = (isTaken: boolean): string[] => (way ? [isTaken ? 'taken' : 'left'] : []);
  const isVisited = ({ id }: Shape) => way !== undefined && (way.visits.has(id) || way.events.has(id));
  const holds = ({ kind }: Shape) => kind === 'scope' || kind === 'lane';
  const draw = (shape: Shape) => drawShape(shape, holds(shape) && !isVisited(shape) ? [] : classes(isVisited(shape)));
  // What was taken is drawn last, so that nothing dimmed lies over it.
  const inOrder = [...edges].sort((a, b) => Number(way?.edges.has(a.id)) - Number(way?.edges.has(b.id)));
  const content = [
    ...shapes.filter(holds).map(draw),
    ...inOrder.map((edge) => drawEdge(edge, classes(way?.edges.has(edge.id) ?? false))),
    ...shapes.filter((shape) => !holds(shape)).map(draw),
    ...edges.map((edge) => drawEdgeLabel(edge, way && !way.edges.has(edge.id) ? ['left'] : [])),
    ...(way ? shapes.map((shape) => badge(shape, way.visits.get(shape.id) ?? [])) : []),
    ...headingLines(heading, bounds),
  ];
  const { x, y, width, height } = bounds;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img" viewBox="${[x, y, width, height].map(num).join(' ')}" width="${num(width)}" height="${num(height)}">`,
    element('title', {}, escaped(heading[0] ?? title)),
    element('desc', {}, escaped([...heading.slice(1), described(picture)].join(' '))),
    `<style>${style}</style>`,
    element('rect', { class: 'paper', x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1, rx: 10 }),
    ...content.filter((text) => text !== ''),
    '</svg>\n',
  ].join('\n');
}

/** What there is and where it leads, for whoever hears it. */
function described({ title, shapes, edges }: Picture): string {
  const named = new Map(shapes.map(({ id, label }) => [id, label === '' ? id : label]));
  const steps = edges
    .filter(({ kind }) => kind !== 'link')
    .map(({ from, to, label, kind }) => {
      const how = label === '' ? (kind === 'error' ? ' on an error' : '') : ` (${label})`;
      return `${named.get(from) ?? from} leads to ${named.get(to) ?? to}${how}.`;
    });
  return [`${title}.`, ...steps].join(' ');
}

function boundsOf({ shapes, edges }: Picture, heading: readonly string[]): Box {
  const boxes: Box[] = [
    ...shapes.flatMap(({ box, labelBox }) => (labelBox ? [box, labelBox] : [box])),
    ...edges.flatMap(({ points, labelBox }) => [
      ...points.map(({ x, y }) => ({ x, y, width: 0, height: 0 })),
      ...(labelBox ? [labelBox] : []),
    ]),
  ];
  const left = Math.min(...boxes.map(({ x }) => x)) - margin;
  const right = Math.max(...boxes.map(({ x, width }) => x + width)) + margin;
  const top = Math.min(...boxes.map(({ y }) => y)) - margin - headingHeight(heading);
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + margin;
  const widest = widthOf(heading[0] ?? '', fontSize.heading);
  return { x: left, y: top, width: Math.max(right - left, Math.min(widest + 2 * margin, 900)), height: bottom - top };
}

function headingHeight(heading: readonly string[]): number {
  return heading.length === 0 ? 0 : lineHeight.heading + (heading.length - 1) * lineHeight.label + margin / 2;
}

function headingLines([first, ...more]: readonly string[], { x, y, width }: Box): string[] {
  if (first === undefined) return [];
  const room = width - 2 * margin;
  const top = y + margin + fontSize.heading * 0.7;
  const [line = ''] = linesOf(first, room, fontSize.heading, 1);
  return [
    element('text', { class: 'heading', x: x + margin, y: top }, escaped(line)),
    ...more.map((text, index) =>
      element(
        'text',
        { class: 'out quiet sub', x: x + margin, y: top + (index + 1) * lineHeight.label + 4 },
        escaped(linesOf(text, room, fontSize.label, 1)[0] ?? ''),
      ),
    ),
  ];
}

const mostNumbers = 3;

/** The numbers of a shape's visits, at its upper right. */
function badge({ box, kind }: Shape, visits: readonly number[]): string {
  if (visits.length === 0) return '';
  const text = [...visits.slice(0, mostNumbers), ...(visits.length > mostNumbers ? ['…'] : [])].join(' ');
  const width = Math.max(20, widthOf(text, fontSize.small) + 10);
  const isActivity = kind === 'task' || kind === 'call' || kind === 'scope';
  const right = box.x + box.width;
  const [left, y] = isActivity ? [right + 10 - width, box.y] : [right - box.width / 3, box.y + 3];
  return element(
    'g',
    {},
    element('title', {}, escaped(`number ${visits.join(', ')} on the way`)),
    element('rect', { class: 'badge', x: left, y: y - 10, width, height: 20, rx: 10 }),
    element('text', { class: 'number', x: left + width / 2, y: y + 4.3 }, escaped(text)),
  );
}
