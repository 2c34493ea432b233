// Reads a BPMN 2.0 file into a step graph, and refuses what the engine would not run.
import { readFileSync } from 'node:fs';
import { BpmnModdle, type ModdleElement } from 'bpmn-moddle';
import { evaluate } from 'feelin';
import { fault } from '../contracts/errors.ts';
import { type Branch, endlessLoop, type Node, type StepGraph, successors } from './step-graph.ts';

// On a gateway `arbiter:decision` names the decision table that it asks, and `arbiter:atMost` says how often a token may
// pass before it takes the default flow.
const extension = {
  name: 'Arbiter',
  prefix: 'arbiter',
  uri: 'urn:arbiter:bpmn:1',
  types: [
    {
      name: 'Asking',
      extends: ['bpmn:ExclusiveGateway'],
      properties: [
        { name: 'decision', isAttr: true, type: 'String' },
        { name: 'atMost', isAttr: true, type: 'String' },
      ],
    },
  ],
};

/** BPMN's usual way to write a time; as FEEL it would be the name of a fact that is not there, and no time at all. */
const isoDuration = /^P[\dT]/;

/** Reads the one process of `file`. Throws DIAGRAM_INVALID with the id of the element at fault. */
export async function readDiagram(file: string): Promise<StepGraph> {
  const refuse = (detail: string): never => {
    throw fault('DIAGRAM_INVALID', { file, detail });
  };
  const { rootElement, warnings } = await new BpmnModdle({ arbiter: extension })
    .fromXML(readFileSync(file, 'utf8'), 'bpmn:Definitions')
    .catch((error: Error) => refuse(`it is not BPMN: ${error.message.split('\n')[0]}`));
  if (warnings[0]) refuse(warnings[0].message.split('\n')[0] ?? 'it has unknown content');
  const processes = (rootElement.rootElements ?? []).filter(
    (element: ModdleElement) => element.$type === 'bpmn:Process',
  );
  if (processes.length !== 1) refuse(`it holds ${processes.length} processes instead of one`);

  const elements: ModdleElement[] = processes[0].flowElements ?? [];
  const starts = elements.filter((element) => element.$type === 'bpmn:StartEvent');
  if (starts.length !== 1) refuse(`it has ${starts.length} start events instead of one`);
  const errorTargets = new Map<string, string>();
  for (const event of elements.filter((element) => element.$type === 'bpmn:BoundaryEvent')) {
    if (event.eventDefinitions?.[0]?.$type !== 'bpmn:ErrorEventDefinition')
      refuse(`${event.id} is a boundary event that is no error event`);
    if (event.attachedToRef?.$type !== 'bpmn:ServiceTask') refuse(`${event.id} is attached to no service task`);
    if (errorTargets.has(event.attachedToRef.id))
      refuse(`${event.id} is the second error event of ${event.attachedToRef.id}`);
    errorTargets.set(event.attachedToRef.id, onlyTarget(event));
  }

  const nodes = new Map<string, Node>();
  for (const element of elements) {
    const node = nodeOf(element);
    if (node) nodes.set(node.id, node);
  }
  const graph: StepGraph = { start: onlyTarget(starts[0] as ModdleElement), nodes };
  for (const id of [graph.start, ...[...nodes.values()].flatMap(successors)])
    if (!nodes.has(id)) refuse(`${id} is led to, but nothing can go on from there`);
  const loop = endlessLoop(graph);
  if (loop) refuse(`${loop} can come back to itself without a timer or a person in between`);
  return graph;

  function nodeOf(element: ModdleElement): Node | null {
    const { id } = element;
    if (element.loopCharacteristics) refuse(`${id} is repeated, which is not known here`);
    switch (element.$type) {
      case 'bpmn:ServiceTask':
        return { kind: 'step', id, next: onlyTarget(element), onError: errorTargets.get(id) ?? null };
      case 'bpmn:UserTask':
        return { kind: 'approval', id, next: onlyTarget(element) };
      case 'bpmn:ExclusiveGateway':
        return {
          ...{ kind: 'gateway', id, decision: element.decision ?? null, atMost: atMostOf(element) },
          branches: branchesOf(element),
        };
      case 'bpmn:IntermediateCatchEvent': {
        const duration = element.eventDefinitions?.[0]?.timeDuration?.body;
        if (!duration) refuse(`${id} waits for something other than a duration`);
        if (isoDuration.test(duration.trim())) refuse(`${id} waits for ${duration.trim()}; write milliseconds`);
        return { kind: 'timer', id, durationMs: feel(id, duration), next: onlyTarget(element) };
      }
      case 'bpmn:EndEvent':
        if (element.eventDefinitions) refuse(`${id} is more than a plain end, which is not known here`);
        return { kind: 'end', id };
      case 'bpmn:StartEvent':
        if (element.eventDefinitions) refuse(`${id} is more than a plain start, which is not known here`);
        return null;
      case 'bpmn:SequenceFlow':
        if (!element.sourceRef) refuse(`${id} comes from nowhere`);
        return null;
      case 'bpmn:BoundaryEvent':
        return null;
      default:
        return refuse(`${id} is a ${element.$type}, which is not known here`);
    }
  }

  function atMostOf({ id, atMost }: ModdleElement): number | null {
    if (atMost === undefined) return null;
    if (!/^[1-9]\d{0,2}$/.test(atMost))
      refuse(`${id} may be passed at most ${atMost} times; write a number from 1 to 999`);
    return Number(atMost);
  }

  function branchesOf(gateway: ModdleElement): Branch[] {
    const flows = outgoing(gateway);
    if (flows.length === 0) refuse(`${gateway.id} leads nowhere`);
    const branches = flows.map((flow): Branch => {
      const merges = flows.length === 1 && !flow.conditionExpression;
      if (flow === gateway.default || merges) return { condition: null, to: targetOf(flow) };
      if (!flow.conditionExpression?.body)
        refuse(`${flow.id} has no condition and is not the default of ${gateway.id}`);
      return { condition: feel(flow.id, flow.conditionExpression.body), to: targetOf(flow) };
    });
    if (branches.every(({ condition }) => condition !== null))
      refuse(`${gateway.id} has no default flow: a token could be stuck there`);
    return branches.sort((a, b) => Number(a.condition === null) - Number(b.condition === null));
  }

  function onlyTarget(element: ModdleElement): string {
    const flows = outgoing(element);
    if (flows.length !== 1) refuse(`${element.id} has ${flows.length} outgoing flows instead of one`);
    if (flows[0]?.conditionExpression) refuse(`${flows[0].id} has a condition, but ${element.id} is no gateway`);
    return targetOf(flows[0] as ModdleElement);
  }

  /** By the flows themselves, as editors draw them: the lists that elements keep of their flows are optional. */
  function outgoing(element: ModdleElement): ModdleElement[] {
    return elements.filter((flow) => flow.$type === 'bpmn:SequenceFlow' && flow.sourceRef === element);
  }

  function targetOf(flow: ModdleElement): string {
    return flow.targetRef?.id ?? refuse(`${flow.id} leads nowhere`);
  }

  /** An expression that parses; what it means is known only when it runs. */
  function feel(id: string, expression: string): string {
    try {
      evaluate(expression, {});
    } catch (error) {
      refuse(`${id}: ${expression}: ${(error as Error).message}`);
    }
    return expression.trim();
  }
}
