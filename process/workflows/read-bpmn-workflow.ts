// A workflow drawn as BPMN: service tasks name a tool, user tasks are approvals, timers pauses, call activities other workflows,
// gateways may ask a table, compensation stands at boundary events. What the standard has no word for stands in elements and
// attributes of Arbiter's own.
import type { ModdleElement } from 'bpmn-moddle';
import { compileElements, type Dialect, type Way } from '../bpmn/compile-elements.ts';
import { extensionText, parseBpmn } from '../bpmn/parse-bpmn.ts';
import type { Node, StepGraph } from '../step-graph.ts';
import { newKnownNames } from './check-names.ts';
import { addUndoChain, taskOf } from './compensation.ts';
import { type Context, expandAction } from './expand-action.ts';
import { drawnAs } from './kernel-tools.ts';
import type { Ending, NodeMark, NodeTask, RunnableWorkflow } from './runnable.ts';
import { msOf } from './wait-time.ts';
import type { Action, Interface, Step } from './workflow.ts';

type Source = Parameters<typeof expandAction>[1];

/** Throws what `refuse` throws, with the id of the element at fault. */
export async function readBpmnWorkflow(xml: string, context: Context): Promise<RunnableWorkflow> {
  const { refuse } = context;
  const process = await parseBpmn(xml, refuse);
  const face = interfaceOf(process);
  const steps = stepsIn(process);
  const work = new Map<string, NodeTask | NodeMark>();
  const endings = new Map<string, Ending>();
  const undoing = 'compensated';
  const graph = compileElements(process, dialect(), refuse, [{ kind: 'end', id: undoing }]);
  const nodes = graph.nodes as Map<string, Node>;
  const undo = addUndoChain(inOrder(steps, graph), { nodes, work }, undoing);
  endings.set(undoing, 'compensated');
  for (const node of nodes.values())
    if (node.kind === 'pass' && node.next === undoing) nodes.set(node.id, { ...node, next: undo });
  checkNames();
  return { ...face, graph, work, endings, steps: steps.map(({ name }) => name) };

  function dialect(): Dialect {
    return {
      parallel: true,
      failing: ['bpmn:ServiceTask', 'bpmn:UserTask', 'bpmn:CallActivity', 'bpmn:SubProcess'],
      activity,
      end,
      before: (gateway) => tableBefore(gateway),
      // The table is asked by the step before: its answer is an entry, and so the same whenever the run is looked at.
      decision: () => null,
    };
  }

  function activity({ id }: ModdleElement, { next, onError }: Way): Node[] | null {
    const step = steps.find(({ name }) => name === id);
    if (!step) return null;
    const failed = onError ?? failedEnd(id);
    work.set(id, taskOf(step));
    const drawn = drawnAs(step.action.tool);
    return [
      ...(onError === null ? [{ kind: 'end', id: failed, uncaught: true } as const] : []),
      { kind: 'step', id, next, onError: failed, ...(drawn && { drawnAs: drawn }) },
    ];
  }

  /** What nothing catches fails the run. */
  function failedEnd(id: string): string {
    endings.set(`${id}.failed`, 'failed');
    return `${id}.failed`;
  }

  function end({ id, eventDefinitions }: ModdleElement): Node[] | null {
    const kind = eventDefinitions?.[0]?.$type;
    if (kind === 'bpmn:CompensateEventDefinition') return [{ kind: 'pass', id, next: undoing }];
    if (kind !== undefined && kind !== 'bpmn:ErrorEventDefinition') return null;
    endings.set(id, kind === undefined ? 'done' : 'failed');
    return [{ kind: 'end', id }];
  }

  function tableBefore(gateway: ModdleElement): Node[] {
    if (gateway.decision === undefined) return [];
    const id = `${gateway.id}.table`;
    const facts = jsonOf(gateway, 'Input') ?? Object.fromEntries(namesGiven().map((name) => [name, `\${${name}}`]));
    const action = expandAction(gateway.id, { decide: gateway.decision, input: facts }, context);
    const failed = failedEnd(id);
    work.set(id, {
      ...{
        kind: 'task',
        step: id,
        undoes: false,
        action,
        keeps: '*',
        attempts: null,
        timeoutMs: null,
        tolerated: false,
      },
    });
    return [
      { kind: 'step', id, next: gateway.id, onError: failed, drawnAs: 'table' },
      { kind: 'end', id: failed, uncaught: true },
    ];
  }

  function namesGiven(): string[] {
    return Object.keys(face.inputs ?? {});
  }

  function stepsIn({ flowElements = [], artifacts = [] }: ModdleElement): Step[] {
    return flowElements.flatMap((element: ModdleElement) => {
      if (element.$type === 'bpmn:SubProcess') return stepsIn(element);
      if (element.isForCompensation) return [];
      const source = sourceOf(element);
      return source === null ? [] : [stepOf(element, source, undoOf(element, flowElements, artifacts))];
    });
  }

  /** What an element asks for, in the words of a step; null for one that is no step. */
  function sourceOf(element: ModdleElement): Source | null {
    const { id, tool, calledElement } = element;
    const input = jsonOf(element, 'Input');
    const given = input === undefined ? {} : { input };
    switch (element.$type) {
      case 'bpmn:ServiceTask':
        return { ...given, tool: tool ?? refuse(`${id} names no tool: arbiter:tool="…"`) };
      case 'bpmn:UserTask':
        return { ...given, approval: extensionText(element, 'Question') ?? element.name ?? id };
      case 'bpmn:CallActivity':
        return { ...given, workflow: calledElement ?? refuse(`${id} calls nothing: calledElement="…"`) };
      case 'bpmn:IntermediateCatchEvent': {
        const [definition] = element.eventDefinitions ?? [];
        const text = definition?.timeDuration?.body ?? definition?.timeDate?.body;
        return { wait: (text ?? refuse(`${id} waits for something other than a time`)).trim() };
      }
      default:
        return null;
    }
  }

  function stepOf(element: ModdleElement, source: Source, compensate: Action | null): Step {
    const { id, retries, timeout } = element;
    if (retries !== undefined && !/^\d{1,2}$/.test(retries))
      refuse(`${id}: arbiter:retries is ${retries}, and no number`);
    if (timeout !== undefined && msOf(timeout) === null)
      refuse(`${id}: arbiter:timeout is ${timeout}; write 30s or 5m`);
    return {
      kind: 'step',
      name: id,
      action: expandAction(id, source, context),
      keeps: Object.entries(jsonOf(element, 'Outputs') ?? {}) as [string, string][],
      when: null,
      onError: 'fail',
      attempts: retries === undefined ? null : Number(retries) + 1,
      timeoutMs: msOf(timeout),
      compensate,
    };
  }

  /** The task that an association leads to from a compensation event at the activity. */
  function undoOf(
    activity: ModdleElement,
    elements: readonly ModdleElement[],
    artifacts: readonly ModdleElement[],
  ): Action | null {
    const event = elements.find(
      ({ attachedToRef, eventDefinitions }) =>
        attachedToRef === activity && eventDefinitions?.[0]?.$type === 'bpmn:CompensateEventDefinition',
    );
    if (!event) return null;
    const handler = artifacts.find(({ sourceRef }) => sourceRef === event)?.targetRef;
    if (!handler?.isForCompensation) refuse(`${event.id} leads to no task that is for compensation`);
    return expandAction(handler.id, sourceOf(handler) ?? refuse(`${handler.id} is no task`), context);
  }

  function interfaceOf(process: ModdleElement): Interface {
    return {
      name: process.name ?? process.id,
      inputs: (jsonOf(process, 'Inputs') ?? null) as Interface['inputs'],
      variables: jsonOf(process, 'Variables') ?? {},
      outputs: jsonOf(process, 'Outputs') ?? {},
    };
  }

  function jsonOf(element: ModdleElement, name: string): Record<string, unknown> | undefined {
    const text = extensionText(element, name);
    if (text === undefined) return undefined;
    try {
      const value = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    } catch (error) {
      return refuse(`${element.id}: arbiter:${name.toLowerCase()} is not JSON: ${(error as Error).message}`);
    }
    return refuse(`${element.id}: arbiter:${name.toLowerCase()} is no JSON object`);
  }

  /** Which step is done by when is a matter of the way that is taken: here only names count that nothing ever gives. */
  function checkNames(): void {
    const names = newKnownNames(face, refuse);
    names.refuseCircles();
    for (const step of steps) names.noteDone(step);
    for (const { name, action, compensate } of steps) {
      names.checkReferences(`${name}: input`, action.input);
      names.checkReferences(`${name}: compensation`, compensate?.input);
    }
    names.checkReferences('outputs', face.outputs);
  }
}

/** Steps as a token comes to them, so that they are undone the other way round. */
function inOrder(steps: readonly Step[], { start, nodes }: StepGraph): Step[] {
  const order: string[] = [];
  const open = [start];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const node = nodes.get(id);
    if (!node || order.includes(id)) continue;
    order.push(id);
    open.push(...waysOf(node));
  }
  return [...steps].sort((left, right) => order.indexOf(left.name) - order.indexOf(right.name));
}

function waysOf(node: Node): string[] {
  if (node.kind === 'gateway') return node.branches.map(({ to }) => to);
  if (node.kind === 'split') return [...node.branches];
  return node.kind === 'end' ? [] : [node.next];
}
