// A shape as SVG: its body, what stands inside and beside it.
import { drawLabel, mostLinesOfShape } from './draw-label.ts';
import { linesOf } from './fit-text.ts';
import { type Box, centreOf, type Point, type Shape } from './picture.ts';
import { markers, signs } from './signs.ts';
import { fontSize, lineHeight } from './style.ts';
import { element, escaped, num, textLines } from './svg.ts';

/** `classes` are added to those of the kind. */
export function drawShape(shape: Shape, classes: readonly string[]): string {
  const { id, label } = shape;
  const named = label === '' || label === id ? id : `${label} (${id})`;
  return element(
    'g',
    { class: [...classesOf(shape), ...classes].join(' ') },
    element('title', {}, escaped(named)),
    ...bodyOf(shape),
    ...signOf(shape),
    ...markersOf(shape),
    labelOf(shape),
  );
}

function classesOf({ kind, sign, goesOn }: Shape): string[] {
  const isFault = sign === 'error' && kind !== 'start';
  const more = [...(isFault ? ['fault'] : []), ...(goesOn ? ['goes-on'] : [])];
  switch (kind) {
    case 'start':
    case 'end':
      return ['event', kind, ...more];
    case 'intermediate':
    case 'boundary':
      return ['event', ...more];
    case 'call':
      return ['task', 'call'];
    default:
      return [kind, ...more];
  }
}

function bodyOf({ kind, box }: Shape): string[] {
  const { x, y, width, height } = box;
  const centre = centreOf(box);
  const circle = (r: number, style = 'body') => element('circle', { class: style, cx: centre.x, cy: centre.y, r });
  switch (kind) {
    case 'start':
    case 'end':
      return [circle(width / 2)];
    case 'intermediate':
    case 'boundary':
      return [circle(width / 2), circle(width / 2 - 3.5, 'body inner')];
    case 'gateway': {
      const corners = [
        [centre.x, y],
        [x + width, centre.y],
        [centre.x, y + height],
        [x, centre.y],
      ];
      const points = corners.map((corner) => corner.map((value) => num(value as number)).join(',')).join(' ');
      return [element('polygon', { class: 'body', points })];
    }
    case 'lane':
      return [element('rect', { class: 'body', x, y, width, height })];
    case 'note':
      return [element('path', { class: 'body open', d: `M${num(x + 10)} ${num(y)}H${num(x)}V${num(y + height)}h10` })];
    case 'data': {
      const fold = Math.min(10, width / 3);
      const d = `M${num(x)} ${num(y)}h${num(width - fold)}l${num(fold)} ${num(fold)}v${num(height - fold)}h${num(-width)}Z`;
      return [element('path', { class: 'body', d })];
    }
    default:
      return [element('rect', { class: 'body', x, y, width, height, rx: 9 })];
  }
}

/** Of an activity at its corner, of anything else in its middle. */
function signOf({ kind, sign, box }: Shape): string[] {
  if (sign === null) return [];
  const isActivity = kind === 'task' || kind === 'call' || kind === 'scope';
  const { x, y } = isActivity ? { x: box.x + 15, y: box.y + 15 } : centreOf(box);
  const scale = isActivity ? 0.85 : Math.min(box.width, box.height) / (kind === 'gateway' ? 46 : 36);
  return [element('g', { transform: `translate(${num(x)} ${num(y)}) scale(${num(scale)})` }, signs[sign])];
}

function markersOf({ markers: shown, box }: Shape): string[] {
  const left = box.x + box.width / 2 - (shown.length - 1) * 10;
  return shown.map((marker, index) =>
    element(
      'g',
      { transform: `translate(${num(left + index * 20)} ${num(box.y + box.height - 11)})` },
      markers[marker],
    ),
  );
}

function labelOf(shape: Shape): string {
  const { kind, label, box, labelBox, markers: shown } = shape;
  if (label === '') return '';
  if (labelBox) return drawLabel(label, labelBox, mostLinesOfShape);
  const centre = centreOf(box);
  if (kind === 'lane') return laneLabel(label, box);
  if (kind === 'note') {
    const lines = linesOf(
      label,
      box.width - 16,
      fontSize.label,
      Math.max(1, Math.floor(box.height / lineHeight.label)),
    );
    return inMiddle(lines, { x: centre.x + 4, y: centre.y }, fontSize.label, lineHeight.label, 'out');
  }
  const most = Math.max(1, Math.floor((box.height - 12 - (shown.length > 0 ? 18 : 0)) / lineHeight.task));
  const lines = linesOf(label, box.width - 12, fontSize.task, most);
  if (kind === 'scope') return textLines(lines.slice(0, 1), centre.x, box.y + 20, lineHeight.task, 'in');
  const lift = shown.length > 0 ? 8 : 0;
  return inMiddle(lines, { x: centre.x, y: centre.y - lift }, fontSize.task, lineHeight.task, 'in');
}

function inMiddle(lines: readonly string[], { x, y }: Point, size: number, height: number, style: string): string {
  return textLines(lines, x, y - ((lines.length - 1) * height) / 2 + size * 0.35, height, style);
}

/** Upwards along the left side, where there is room for it. */
function laneLabel(label: string, { x, y, width, height }: Box): string {
  const centre = { x: x + width / 2, y: y + height / 2 };
  const [line = '', ...more] = linesOf(label, height - 10, fontSize.label, 2);
  if (more.length > 0) {
    const [level = ''] = linesOf(label, width - 20, fontSize.label, 1);
    return element('text', { class: 'out', x: centre.x, y: centre.y + 5 }, escaped(level));
  }
  const transform = `rotate(-90 ${num(x + 15)} ${num(centre.y)})`;
  return element('text', { class: 'out', x: x + 15, y: centre.y + 5, transform }, escaped(line));
}
