// A BPMN file as a picture, by the layout that its author gave it. It draws more than the engine runs: what is not known is
// a box with its name.
import { BpmnModdle, type ModdleElement } from 'bpmn-moddle';
import { fault } from '../../contracts/errors.ts';
import { mostLinesOfEdge, mostLinesOfShape } from './draw-label.ts';
import { labelSize, usualWidth } from './label-size.ts';
import {
  type Box,
  centreOf,
  type Edge,
  type Marker,
  type Picture,
  type Point,
  type Shape,
  type Sign,
} from './picture.ts';

/**
 * The picture of `xml`; null where it has no layout. Throws DIAGRAM_UNDRAWABLE, with `file`, where it is no BPMN or an element
 * has no place in the layout.
 */
export async function pictureOfDiagram(xml: string, file: string): Promise<Picture | null> {
  const refuse = (detail: string): never => {
    throw fault('DIAGRAM_UNDRAWABLE', { file, detail });
  };
  const { rootElement } = await new BpmnModdle()
    .fromXML(xml, 'bpmn:Definitions')
    .catch((error: Error) => refuse(`it is not BPMN: ${error.message.split('\n')[0]}`));
  const [plane] = (rootElement.diagrams ?? []).map((diagram: ModdleElement) => diagram.plane);
  const places: ModdleElement[] = plane?.planeElement ?? [];
  if (places.length === 0) return null;

  const placed = new Set(places.map(({ bpmnElement }) => bpmnElement));
  const lost = missing(plane.bpmnElement, placed, places);
  if (lost) refuse(`${lost} has no place in its layout`);
  const shapes = places.filter(({ $type }) => $type === 'bpmndi:BPMNShape').map((place) => shapeOf(place));
  const edges = places.filter(({ $type }) => $type === 'bpmndi:BPMNEdge').map((place) => edgeOf(place));
  const name = plane.bpmnElement?.name ?? processesOf(plane.bpmnElement)[0]?.name ?? file;
  return { title: name, shapes: inOrder(shapes), edges };
}

/** The processes that a plane shows. */
function processesOf(shown: ModdleElement | undefined): ModdleElement[] {
  if (shown?.$type !== 'bpmn:Collaboration') return shown ? [shown] : [];
  return (shown.participants ?? []).flatMap(({ processRef }: ModdleElement) => (processRef ? [processRef] : []));
}

/** The first element that ought to be seen and is not. What is in a collapsed sub-process is on a plane of its own. */
function missing(
  shown: ModdleElement | undefined,
  placed: ReadonlySet<ModdleElement>,
  places: readonly ModdleElement[],
): string | null {
  const isOpen = (element: ModdleElement) =>
    places.some(({ bpmnElement, isExpanded }) => bpmnElement === element && isExpanded !== false);
  const open = processesOf(shown);
  for (const holder of open)
    for (const element of holder.flowElements ?? []) {
      if (element.$type === 'bpmn:DataObject') continue;
      if (!placed.has(element)) return element.id;
      if (element.flowElements && isOpen(element)) open.push(element);
    }
  return null;
}

/** What holds others first; larger before smaller, for a scope may hold a scope. */
function inOrder(shapes: readonly Shape[]): Shape[] {
  const size = ({ kind, box }: Shape) => (kind === 'scope' || kind === 'lane' ? box.width * box.height : 0);
  const last = ({ kind }: Shape) => Number(kind === 'boundary');
  return [...shapes].sort((a, b) => size(b) - size(a) || last(a) - last(b));
}

const kinds: Readonly<Record<string, Shape['kind']>> = {
  StartEvent: 'start',
  EndEvent: 'end',
  IntermediateCatchEvent: 'intermediate',
  IntermediateThrowEvent: 'intermediate',
  BoundaryEvent: 'boundary',
  CallActivity: 'call',
  Participant: 'lane',
  Lane: 'lane',
  TextAnnotation: 'note',
  DataObjectReference: 'data',
  DataStoreReference: 'data',
};

const signsOfTypes: Readonly<Record<string, Sign>> = {
  ServiceTask: 'service',
  UserTask: 'user',
  ScriptTask: 'script',
  BusinessRuleTask: 'rules',
  SendTask: 'send',
  ReceiveTask: 'receive',
  ExclusiveGateway: 'exclusive',
  ParallelGateway: 'parallel',
  InclusiveGateway: 'inclusive',
  ComplexGateway: 'complex',
  EventBasedGateway: 'event-based',
  TimerEventDefinition: 'timer',
  ErrorEventDefinition: 'error',
  MessageEventDefinition: 'message',
  SignalEventDefinition: 'signal',
  EscalationEventDefinition: 'escalation',
  CompensateEventDefinition: 'compensation',
  ConditionalEventDefinition: 'condition',
  LinkEventDefinition: 'link',
  TerminateEventDefinition: 'terminate',
};

const typeOf = ({ $type }: ModdleElement): string => $type.replace(/^bpmn:/, '');

function shapeOf({ bpmnElement: element, bounds, label: place, isExpanded }: ModdleElement): Shape {
  const type = typeOf(element);
  const box = boxOf(bounds);
  const label: string = element.name ?? element.text ?? element.categoryValueRef?.value ?? '';
  const kind = kindOf(type, isExpanded);
  const isInside = ['task', 'call', 'scope', 'lane', 'note'].includes(kind);
  const [definition] = element.eventDefinitions ?? [];
  return {
    ...{ id: element.id, kind, label, box },
    sign: signsOfTypes[definition ? typeOf(definition) : type] ?? null,
    markers: markersOf(element, type, isExpanded),
    labelBox:
      isInside || label === ''
        ? null
        : place?.bounds
          ? about(place.bounds, label, mostLinesOfShape)
          : below(box, label),
    attachedTo: element.attachedToRef?.id ?? null,
    goesOn: element.cancelActivity === false || element.isInterrupting === false,
  };
}

function kindOf(type: string, isExpanded: boolean | undefined): Shape['kind'] {
  if (/SubProcess$|^Transaction$/.test(type)) return isExpanded === false ? 'task' : 'scope';
  if (type.endsWith('Gateway')) return 'gateway';
  return kinds[type] ?? (type === 'Group' ? 'scope' : 'task');
}

function markersOf({ loopCharacteristics }: ModdleElement, type: string, isExpanded: boolean | undefined): Marker[] {
  const repeated: Marker[] = loopCharacteristics
    ? [
        loopCharacteristics.$type === 'bpmn:StandardLoopCharacteristics'
          ? 'loop'
          : loopCharacteristics.isSequential
            ? 'each, in turn'
            : 'each, in parallel',
      ]
    : [];
  const isClosed = type === 'CallActivity' || (/SubProcess$|^Transaction$/.test(type) && isExpanded === false);
  return [...repeated, ...(isClosed ? (['collapsed'] as const) : [])];
}

function edgeOf({ bpmnElement: element, waypoint, label: place }: ModdleElement): Edge {
  const { sourceRef, targetRef, conditionExpression } = element;
  // Associations of data may have lists of sources.
  const [from, to] = [sourceRef, targetRef].map((end) => (Array.isArray(end) ? end[0] : end)?.id ?? '');
  const points: Point[] = waypoint.map(({ x, y }: Point) => ({ x, y }));
  const condition: string | null = conditionExpression?.body?.trim() ?? null;
  const label: string = element.name ?? condition ?? '';
  const comesFromGateway = sourceRef?.$type?.endsWith('Gateway');
  return {
    ...{ id: element.id, from, to, points, label, condition },
    kind: kindOfEdge(element),
    mark: sourceRef?.default === element ? 'default' : condition !== null && !comesFromGateway ? 'condition' : null,
    labelBox:
      label === '' ? null : place?.bounds ? about(place.bounds, label, mostLinesOfEdge) : besideLongest(points, label),
  };
}

function kindOfEdge({ $type, sourceRef }: ModdleElement): Edge['kind'] {
  if ($type === 'bpmn:MessageFlow') return 'message';
  if ($type !== 'bpmn:SequenceFlow') return 'link';
  const [definition] = (sourceRef?.$type === 'bpmn:BoundaryEvent' && sourceRef.eventDefinitions) || [];
  return definition?.$type === 'bpmn:ErrorEventDefinition' ? 'error' : 'flow';
}

function boxOf({ x, y, width, height }: Box): Box {
  return { x, y, width, height };
}

/** Where the author put a label: editors measure it in a type of their own, so its middle and its upper edge count. */
function about(place: Box, label: string, most: number): Box {
  const size = labelSize(label, Math.max(usualWidth, place.width), most);
  return { ...size, x: centreOf(place).x - size.width / 2, y: place.y };
}

/** Where editors put a label that has no place of its own. */
function below(box: Box, label: string): Box {
  const size = labelSize(label, usualWidth, mostLinesOfShape);
  return { ...size, x: centreOf(box).x - size.width / 2, y: box.y + box.height + 3 };
}

/** Above the middle of a flow's longest level part, or right of its longest upright one. */
function besideLongest(points: readonly Point[], label: string): Box {
  const size = labelSize(label, usualWidth, mostLinesOfEdge);
  const parts = points.slice(1).map((end, index) => ({ start: points[index] as Point, end }));
  const length = ({ start, end }: (typeof parts)[number]) => Math.hypot(end.x - start.x, end.y - start.y);
  const longest = parts.reduce((best, part) => (length(part) > length(best) ? part : best));
  const { start, end } = longest;
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  return Math.abs(end.x - start.x) >= Math.abs(end.y - start.y)
    ? { ...size, x: middle.x - size.width / 2, y: middle.y - size.height - 4 }
    : { ...size, x: middle.x + 6, y: middle.y - size.height / 2 };
}
