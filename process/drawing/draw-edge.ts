// An edge as SVG: a line with rounded corners, its head, and its mark.
import { drawLabel, mostLinesOfEdge } from './draw-label.ts';
import type { Edge, Point } from './picture.ts';
import { element, escaped, num } from './svg.ts';

const cornerRadius = 8;
const headLength = 10;
const headWidth = 8;

/** `classes` are added to those of the kind. The label is drawn by itself, above everything. */
export function drawEdge(edge: Edge, classes: readonly string[]): string {
  const points = cleaned(edge.points);
  const [first, second] = points;
  const [last, before] = [points.at(-1), points.at(-2)];
  if (!first || !second || !last || !before) return '';
  const end = edge.kind === 'link' ? last : towards(last, before, headLength - 1);
  const said = edge.condition ?? edge.label;
  return element(
    'g',
    { class: [...classesOf(edge), ...classes].join(' ') },
    element('title', {}, escaped(`${edge.from} → ${edge.to}${said === '' ? '' : `: ${said}`}`)),
    element('path', { d: rounded([...points.slice(0, -1), end]) }),
    ...(edge.kind === 'link' ? [] : [head(last, before)]),
    ...markOf(edge, first, second),
  );
}

export function drawEdgeLabel({ label, labelBox }: Edge, classes: readonly string[]): string {
  if (label === '' || !labelBox) return '';
  return element(
    'g',
    { class: classes.join(' ') || undefined },
    drawLabel(label, labelBox, mostLinesOfEdge, 'out quiet'),
  );
}

function classesOf({ kind }: Edge): string[] {
  if (kind === 'error') return ['error'];
  return kind === 'flow' ? ['flow'] : ['flow', kind];
}

/** Without points that change nothing: twice the same, or on the way between their neighbours. */
function cleaned(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const [middle, start] = [kept.at(-1), kept.at(-2)];
    if (middle && start && isBetween(middle, start, point)) kept.pop();
    const last = kept.at(-1);
    if (!last || last.x !== point.x || last.y !== point.y) kept.push(point);
  }
  return kept;
}

function isBetween(middle: Point, start: Point, end: Point): boolean {
  const turn = (middle.x - start.x) * (end.y - middle.y) - (middle.y - start.y) * (end.x - middle.x);
  const onward = (middle.x - start.x) * (end.x - middle.x) + (middle.y - start.y) * (end.y - middle.y);
  return Math.abs(turn) < 0.01 && onward >= 0;
}

function rounded(points: readonly Point[]): string {
  const at = ({ x, y }: Point) => `${num(x)} ${num(y)}`;
  return points
    .map((point, index) => {
      if (index === 0) return `M${at(point)}`;
      const [before, after] = [points[index - 1] as Point, points[index + 1]];
      if (!after) return `L${at(point)}`;
      const radius = Math.min(cornerRadius, distance(before, point) / 2, distance(point, after) / 2);
      return `L${at(towards(point, before, radius))}Q${at(point)} ${at(towards(point, after, radius))}`;
    })
    .join('');
}

function head(tip: Point, from: Point): string {
  const base = towards(tip, from, headLength);
  const length = distance(tip, from) || 1;
  const side = { x: ((tip.y - from.y) / length) * (headWidth / 2), y: ((from.x - tip.x) / length) * (headWidth / 2) };
  const points = [tip, { x: base.x + side.x, y: base.y + side.y }, { x: base.x - side.x, y: base.y - side.y }];
  return element('polygon', { class: 'head', points: points.map(({ x, y }) => `${num(x)},${num(y)}`).join(' ') });
}

function markOf({ mark }: Edge, first: Point, second: Point): string[] {
  if (mark === null) return [];
  const degrees = (Math.atan2(second.y - first.y, second.x - first.x) * 180) / Math.PI;
  const place = `translate(${num(first.x)} ${num(first.y)}) rotate(${num(degrees)})`;
  const d = mark === 'default' ? 'M7 5L13 -5' : 'M0 0L8 -5L16 0L8 5Z';
  return [element('path', { class: mark, d, transform: place })];
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** From `point`, so far in the direction of `goal`. */
function towards(point: Point, goal: Point, far: number): Point {
  const length = distance(point, goal);
  if (length === 0) return point;
  const part = Math.min(1, far / length);
  return { x: point.x + (goal.x - point.x) * part, y: point.y + (goal.y - point.y) * part };
}
