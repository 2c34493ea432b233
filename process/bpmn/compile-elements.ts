// The elements of a process as a step graph. What an activity is for is its reader's affair: the lifecycle and workflows use
// the same elements for different things. Sub-processes dissolve into what surrounds them.
import type { ModdleElement } from 'bpmn-moddle';
import { endlessLoop, type Node, type StepGraph, successors } from '../step-graph.ts';
import { branchesOf } from './gateway.ts';
import { joinOf } from './parallel.ts';
import type { Refuse } from './parse-bpmn.ts';

/** Where an activity leads. */
export interface Way {
  readonly next: string;
  readonly onError: string | null;
}

/** What a reader makes of the elements that mean something to it. */
export interface Dialect {
  /** The nodes for an activity or a timer, the one that is led to first; null for an element that is not known. */
  activity(element: ModdleElement, way: Way): readonly Node[] | null;
  /** The nodes for an end event; null for one that is not known. */
  end(element: ModdleElement): readonly Node[] | null;
  /** The nodes that stand before a gateway and lead to it; none as a rule. */
  before(gateway: ModdleElement): readonly Node[];
  /** The table that a gateway asks by itself. */
  decision(gateway: ModdleElement): string | null;
  /** Types of activities at which an error event may stand. */
  readonly failing: readonly string[];
  /** Whether a token may become several. */
  readonly parallel: boolean;
}

/** What is around the elements of a process or sub-process. */
interface Scope {
  readonly elements: readonly ModdleElement[];
  /** Where a plain end leads; null in the process itself, where it is the end. */
  readonly after: string | null;
  /** Where an error leads that nothing inside catches. */
  readonly onError: string | null;
  /** The parallel gateways that split in it, those of scopes inside included; and in the scopes around it. */
  readonly splits: readonly string[][];
}

/** `others` are nodes that stand for no element, and that the dialect's own nodes may lead to. */
export function compileElements(
  process: ModdleElement,
  dialect: Dialect,
  refuse: Refuse,
  others: readonly Node[] = [],
): StepGraph {
  const nodes = new Map<string, Node>(others.map((node) => [node.id, node]));
  const splits: string[] = [];
  const start = addScope({ elements: process.flowElements ?? [], after: null, onError: null, splits: [] }, process.id);
  const graph: StepGraph = { start, nodes };
  for (const id of [start, ...[...nodes.values()].flatMap(successors)])
    if (!nodes.has(id)) refuse(`${id} is led to, but nothing can go on from there`);
  // Joins are looked for once everything is there.
  for (const id of splits) setJoin(id);
  const loop = endlessLoop(graph);
  if (loop) refuse(`${loop} can come back to itself without a timer or a person in between`);
  return graph;

  /** Gives the node that the scope begins with. */
  function addScope(scope: Scope, owner: string): string {
    const starts = scope.elements.filter((element) => element.$type === 'bpmn:StartEvent');
    if (starts.length !== 1)
      refuse(`${scope.after === null ? 'it' : owner} has ${starts.length} start events instead of one`);
    const caught = errorTargets(scope);
    for (const element of scope.elements) for (const node of nodesOf(element, scope, caught)) nodes.set(node.id, node);
    return onlyTarget(starts[0] as ModdleElement, scope);
  }

  function errorTargets({ elements }: Scope): Map<string, string> {
    const targets = new Map<string, string>();
    for (const event of elements.filter((element) => element.$type === 'bpmn:BoundaryEvent')) {
      const kind = event.eventDefinitions?.[0]?.$type;
      if (kind === 'bpmn:CompensateEventDefinition' && dialect.parallel) continue;
      if (kind !== 'bpmn:ErrorEventDefinition') refuse(`${event.id} is a boundary event that is no error event`);
      const on = event.attachedToRef;
      if (!dialect.failing.includes(on?.$type)) refuse(`${event.id} is attached to no service task`);
      if (targets.has(on.id)) refuse(`${event.id} is the second error event of ${on.id}`);
      targets.set(on.id, onlyTarget(event, { elements }));
    }
    return targets;
  }

  function nodesOf(element: ModdleElement, scope: Scope, caught: ReadonlyMap<string, string>): readonly Node[] {
    const { id } = element;
    if (element.loopCharacteristics) refuse(`${id} is repeated, which is not known here`);
    const onError = caught.get(id) ?? scope.onError;
    const unknown = () => refuse(`${id} is a ${element.$type}, which is not known here`);
    switch (element.$type) {
      case 'bpmn:SubProcess': {
        if (element.triggeredByEvent) unknown();
        const inside: string[] = [];
        const edge = caught.has(id)
          ? { kind: 'leave' as const, id: `${id}.caught`, next: onError as string, splits: inside }
          : null;
        const inner = {
          ...{ elements: element.flowElements ?? [], after: onlyTarget(element, scope) },
          ...{ onError: edge?.id ?? onError, splits: [...scope.splits, inside] },
        };
        return [{ kind: 'pass', id, next: addScope(inner, id) }, ...(edge ? [edge] : [])];
      }
      case 'bpmn:ExclusiveGateway':
        return [
          ...dialect.before(element),
          {
            ...{ kind: 'gateway', id, decision: dialect.decision(element), atMost: atMostOf(element) },
            branches: branchesOf(element, outgoing(element, scope), targetOf, refuse),
          },
        ];
      case 'bpmn:ParallelGateway':
        return dialect.parallel ? [parallel(element, scope)] : unknown();
      case 'bpmn:EndEvent':
        if (!element.eventDefinitions && scope.after !== null) return [{ kind: 'pass', id, next: scope.after }];
        return dialect.end(element) ?? refuse(`${id} is more than a plain end, which is not known here`);
      case 'bpmn:StartEvent':
        return element.eventDefinitions ? refuse(`${id} is more than a plain start, which is not known here`) : [];
      case 'bpmn:SequenceFlow':
        return element.sourceRef ? [] : refuse(`${id} comes from nowhere`);
      case 'bpmn:BoundaryEvent':
      case 'bpmn:TextAnnotation':
        return [];
      default:
        if (element.isForCompensation && dialect.parallel) return [];
        return dialect.activity(element, { next: targetOfActivity(element, scope), onError }) ?? unknown();
    }
  }

  /** Of an element that nobody knows, where it leads does not matter: that it is not known is said first. */
  function targetOfActivity(element: ModdleElement, scope: Scope): string {
    return activities.has(element.$type) || element.$type === 'bpmn:IntermediateCatchEvent'
      ? onlyTarget(element, scope)
      : '';
  }

  function parallel(gateway: ModdleElement, scope: Scope): Node {
    const { id } = gateway;
    const out = outgoing(gateway, scope);
    const into = scope.elements.filter((flow) => flow.$type === 'bpmn:SequenceFlow' && flow.targetRef === gateway);
    if (out.length === 0) refuse(`${id} leads nowhere`);
    const odd = out.find(({ conditionExpression }) => conditionExpression);
    if (odd) refuse(`${odd.id} has a condition, and ${id} takes every way`);
    if (out.length > 1 && into.length > 1) refuse(`${id} joins and splits at once; draw two`);
    if (out.length === 1) return { kind: 'join', id, next: targetOf(out[0] as ModdleElement) };
    for (const list of [splits, ...scope.splits]) list.push(id);
    return { kind: 'split', id, branches: out.map(targetOf), join: '' };
  }

  function setJoin(id: string): void {
    const node = nodes.get(id) as Extract<Node, { kind: 'split' }>;
    const join = joinOf(node, { start, nodes });
    if (join === null) refuse(`the ways out of ${id} do not all come together at one parallel gateway`);
    nodes.set(id, { ...node, join });
  }

  function atMostOf({ id, atMost }: ModdleElement): number | null {
    if (atMost === undefined) return null;
    if (!/^[1-9]\d{0,2}$/.test(atMost))
      refuse(`${id} may be passed at most ${atMost} times; write a number from 1 to 999`);
    return Number(atMost);
  }

  function onlyTarget(element: ModdleElement, scope: Pick<Scope, 'elements'>): string {
    const flows = outgoing(element, scope);
    if (flows.length !== 1) refuse(`${element.id} has ${flows.length} outgoing flows instead of one`);
    if (flows[0]?.conditionExpression) refuse(`${flows[0].id} has a condition, but ${element.id} is no gateway`);
    return targetOf(flows[0] as ModdleElement);
  }

  function targetOf(flow: ModdleElement): string {
    return flow.targetRef ? (firstOf(flow.targetRef) ?? '') : refuse(`${flow.id} leads nowhere`);
  }

  /** A gateway that something stands before is led to by way of that. */
  function firstOf(element: ModdleElement): string {
    if (element.$type !== 'bpmn:ExclusiveGateway') return element.id;
    return dialect.before(element)[0]?.id ?? element.id;
  }
}

const activities = new Set(['bpmn:ServiceTask', 'bpmn:UserTask', 'bpmn:CallActivity', 'bpmn:SubProcess']);

/** By the flows themselves, as editors draw them: the lists that elements keep of their flows are optional. */
function outgoing(element: ModdleElement, { elements }: Pick<Scope, 'elements'>): ModdleElement[] {
  return elements.filter((flow) => flow.$type === 'bpmn:SequenceFlow' && flow.sourceRef === element);
}
