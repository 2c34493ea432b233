// A step graph as a picture. It has no layout of its own: elkjs gives it one, in layers from left to right.
import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk-api.js';
import { type Node, redirected, type StepGraph, successors } from '../step-graph.ts';
import { crossingsOf } from './crossings.ts';
import { mostLinesOfEdge, mostLinesOfShape } from './draw-label.ts';
import { labelSize, usualWidth } from './label-size.ts';
import { type Box, centreOf, type Edge, type Picture, type Point, type Shape, type ShapeKind } from './picture.ts';

/** A shape before it has a place. */
type Sketch = Pick<Shape, 'id' | 'kind' | 'sign' | 'label'> & { readonly attachedTo?: string };
type Line = Omit<Edge, 'points' | 'labelBox'>;

// No node has such an id: neither XML nor the names of steps allow the mark.
const begin = '#begin';
const errorOf = (step: string): string => `${step}#error`;
/** Where edges touch a shape: all that come, those that go on, and the one that goes on otherwise. */
const sideOf = (shape: string, side: 'in' | 'out' | 'otherwise'): string => `${shape}#${side}`;

export async function pictureOfGraph(graph: StepGraph, title: string): Promise<Picture> {
  const nodes = inOrder(asDrawn(graph));
  const sketches: Sketch[] = [{ id: begin, kind: 'start', sign: null, label: '' }, ...nodes.flatMap(sketchesOf)];
  const edges = [flow(begin, nodes[0]?.id ?? graph.start), ...nodes.flatMap(edgesOf)];
  // By the order of the steps where that costs no crossing: it is how people read them.
  const [ordered, free] = [await layOut(sketches, edges, byOrder), await layOut(sketches, edges, {})];
  const better = crossingsOf(free.edges) < crossingsOf(ordered.edges) ? free : ordered;
  return { title, ...better };
}

/** What nobody drew is not drawn: where a sub-process begins and ends, and where an error leads that nothing catches. */
export function asDrawn({ start, nodes }: StepGraph): StepGraph {
  const past = (id: string): string => {
    const node = nodes.get(id);
    return node?.kind === 'pass' || node?.kind === 'leave' ? past(node.next) : id;
  };
  const isUncaught = (id: string | null) => {
    const node = nodes.get(id ?? '');
    return node?.kind === 'end' && node.uncaught === true;
  };
  const kept = [...nodes.values()]
    .filter((node) => node.kind !== 'pass' && node.kind !== 'leave' && !isUncaught(node.id))
    .map((node) => redirected(node, past))
    .map((node) => (node.kind === 'step' && isUncaught(node.onError) ? { ...node, onError: null } : node));
  return { start: past(start), nodes: new Map(kept.map((node) => [node.id, node])) };
}

/** The nodes that can be come to, each before what it leads to, as far as circles allow. */
function inOrder({ start, nodes }: StepGraph): Node[] {
  const order = new Map<string, Node>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = nodes.get(id);
    if (!node || order.has(id)) continue;
    order.set(id, node);
    open.push(...successors(node).reverse());
  }
  return [...order.values()];
}

type Drawn = NonNullable<Extract<Node, { kind: 'step' }>['drawnAs']> | 'task';

const drawings: Readonly<Record<Drawn, Pick<Sketch, 'kind' | 'sign'>>> = {
  task: { kind: 'task', sign: 'service' },
  person: { kind: 'task', sign: 'user' },
  table: { kind: 'task', sign: 'rules' },
  timer: { kind: 'intermediate', sign: 'timer' },
  call: { kind: 'call', sign: null },
};

function sketchesOf(node: Node): Sketch[] {
  const { id } = node;
  const label = id.replace(/^#/, '');
  switch (node.kind) {
    case 'step': {
      const { kind, sign } = drawings[node.drawnAs ?? 'task'];
      const step: Sketch = { id, kind, sign, label };
      if (!leadsAside(node)) return [step];
      return [step, { id: errorOf(id), kind: 'boundary', sign: 'error', label: '', attachedTo: id }];
    }
    case 'approval':
      return [{ id, kind: 'task', sign: 'user', label }];
    case 'gateway':
      return [{ id, kind: 'gateway', sign: 'exclusive', label }];
    case 'split':
    case 'join':
      return [{ id, kind: 'gateway', sign: 'parallel', label: '' }];
    case 'timer':
      return [{ id, kind: 'intermediate', sign: 'timer', label }];
    case 'end':
      return [{ id, kind: 'end', sign: null, label }];
    default:
      return [{ id, kind: 'task', sign: null, label }];
  }
}

/** Whether an error goes another way than success. */
function leadsAside(node: Node): node is Extract<Node, { kind: 'step' }> & { onError: string } {
  return node.kind === 'step' && node.onError !== null && node.onError !== node.next;
}

function edgesOf(node: Node): Line[] {
  if (node.kind === 'gateway')
    return node.branches.map(({ condition, to }, index) => ({
      ...flow(node.id, to, `${index}`),
      ...{ condition, label: condition ?? '' },
      mark: condition === null && node.branches.length > 1 ? 'default' : null,
    }));
  if (leadsAside(node)) return [flow(node.id, node.next), { ...flow(errorOf(node.id), node.onError), kind: 'error' }];
  return [...new Set(successors(node))].map((to) => flow(node.id, to));
}

function flow(from: string, to: string, branch = ''): Line {
  return { id: `${from}#${branch}#${to}`, from, to, kind: 'flow', mark: null, label: '', condition: null };
}

const sizes: Partial<Record<ShapeKind, { width: number; height: number }>> = {
  task: { width: 108, height: 64 },
  call: { width: 108, height: 64 },
  gateway: { width: 48, height: 48 },
};
const eventSize = { width: 36, height: 36 };
const labelWidth = 124;

const wholeOptions: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.randomSeed': '1',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.spacing.nodeNode': '36',
  'elk.spacing.edgeNode': '20',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelNode': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.thoroughness': '30',
  'elk.layered.feedbackEdges': 'true',
};
const byOrder: LayoutOptions = { 'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES' };

async function layOut(
  sketches: readonly Sketch[],
  lines: readonly Line[],
  options: LayoutOptions,
): Promise<Pick<Picture, 'shapes' | 'edges'>> {
  // Large, and needed for pictures only.
  const { default: elk } = await import('elkjs/lib/elk.bundled.js');
  const children = sketches.filter(({ attachedTo }) => !attachedTo).map((sketch) => childOf(sketch, sketches));
  const events = new Set(sketches.filter(({ attachedTo }) => attachedTo).map(({ id }) => id));
  const edges = lines.map(
    ({ id, from, to, label, mark }): ElkExtendedEdge => ({
      id,
      sources: [events.has(from) ? from : sideOf(from, mark === 'default' ? 'otherwise' : 'out')],
      targets: [sideOf(to, 'in')],
      labels: label === '' ? [] : [{ text: label, ...labelSize(label, labelWidth, mostLinesOfEdge) }],
    }),
  );
  const layoutOptions = { ...wholeOptions, ...options };
  const laid = await new elk.default().layout({ id: '#whole', layoutOptions, children, edges });
  const placed = new Map((laid.children ?? []).map((child) => [child.id, child]));
  const shapes = sketches.map((sketch) => placedShape(sketch, placed));
  const byId = new Map(shapes.map((shape) => [shape.id, shape]));
  return { shapes, edges: lines.map((line, index) => placedEdge(line, laid.edges?.[index], byId)) };
}

function childOf({ id, kind, label }: Sketch, sketches: readonly Sketch[]): ElkNode {
  const size = sizes[kind] ?? eventSize;
  const outside = kind !== 'task' && label !== '';
  const place = kind === 'gateway' ? 'V_TOP' : 'V_BOTTOM';
  const port = (name: string, side: string) => ({
    ...{ id: name, width: 0, height: 0 },
    layoutOptions: { 'elk.port.side': side },
  });
  // An error leaves at the lower edge, where its event sits.
  const events = sketches.filter(({ attachedTo }) => attachedTo === id).map((event) => port(event.id, 'SOUTH'));
  const ports = [
    port(sideOf(id, 'in'), 'WEST'),
    port(sideOf(id, 'out'), 'EAST'),
    ...(kind === 'gateway' ? [port(sideOf(id, 'otherwise'), 'SOUTH')] : events),
  ];
  return {
    ...{ id, ...size, ports },
    labels: outside ? [{ text: label, ...labelSize(label, usualWidth, mostLinesOfShape) }] : [],
    layoutOptions: {
      'elk.nodeLabels.placement': `OUTSIDE ${place} H_CENTER`,
      'elk.portConstraints': 'FIXED_SIDE',
    },
  };
}

function placedShape(sketch: Sketch, placed: ReadonlyMap<string, ElkNode>): Shape {
  const { id, kind, sign, label, attachedTo = null } = sketch;
  const node = placed.get(attachedTo ?? id) as ElkNode;
  const whole = boxOf(node);
  const port = attachedTo === null ? undefined : node.ports?.find((one) => one.id === id);
  const box = port ? around({ x: whole.x + (port.x ?? 0), y: whole.y + (port.y ?? 0) }) : whole;
  const [text] = node.labels ?? [];
  const labelBox = text && !port ? moved(boxOf(text), whole) : null;
  return { ...{ id, kind, sign, label, box, labelBox, attachedTo }, markers: [], goesOn: false };
}

function placedEdge(edge: Line, laid: ElkExtendedEdge | undefined, shapes: ReadonlyMap<string, Shape>): Edge {
  const [section] = laid?.sections ?? [];
  const [label] = laid?.labels ?? [];
  const points = section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : [];
  const [from, to] = [shapes.get(edge.from), shapes.get(edge.to)];
  const cut = from && to ? [...toOutline(points.toReversed(), to)].reverse() : points;
  return { ...edge, points: from ? toOutline(cut, from) : cut, labelBox: label ? boxOf(label) : null };
}

/** Edges are laid to the box around a shape; the first point goes on to what is drawn in that box. */
function toOutline(points: readonly Point[], { kind, box }: Shape): Point[] {
  const [first, ...rest] = points;
  if (!first || kind === 'task') return [...points];
  const { x, y } = centreOf(box);
  if (kind === 'boundary') return [{ x: first.x, y: box.y + box.height }, ...rest];
  const half = box.width / 2;
  const isLevel = first.x <= box.x + 0.01 || first.x >= box.x + box.width - 0.01;
  const aside = Math.min(half, Math.abs(isLevel ? first.y - y : first.x - x));
  const reach = kind === 'gateway' ? half - aside : Math.sqrt(half * half - aside * aside);
  const edge = isLevel
    ? { x: first.x < x ? x - reach : x + reach, y: first.y }
    : { x: first.x, y: first.y < y ? y - reach : y + reach };
  return [edge, ...rest];
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { x, y, width, height };
}

function moved(box: Box, by: Point): Box {
  return { ...box, x: box.x + by.x, y: box.y + by.y };
}

function around({ x, y }: Point): Box {
  return { x: x - eventSize.width / 2, y: y - eventSize.height / 2, ...eventSize };
}
