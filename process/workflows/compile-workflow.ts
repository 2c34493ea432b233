// A workflow as a step graph. A step's node has the step's name; blocks, groups and choices have nodes of their own around
// those of their parts.
import type { Node } from '../step-graph.ts';
import { addUndoChain, taskOf } from './compensation.ts';
import { drawnAs } from './kernel-tools.ts';
import type { Ending, NodeMark, NodeTask, RunnableWorkflow } from './runnable.ts';
import {
  type Block,
  type Choice,
  type Group,
  type OnError,
  type Part,
  type Step,
  stepsOf,
  type WorkflowPlan,
} from './workflow.ts';

/** Where a part leads when it fails, by what it says of that. */
type Failing = Readonly<Record<'fail' | 'rollback', string>>;

const endings: readonly (readonly [string, Ending])[] = [
  ['#done', 'done'],
  ['#failed', 'failed'],
  ['#compensated', 'compensated'],
];

export function compileWorkflow({ parts, ...plan }: WorkflowPlan): RunnableWorkflow {
  const nodes = new Map<string, Node>();
  const work = new Map<string, NodeTask | NodeMark>();
  const add = (node: Node): string => {
    nodes.set(node.id, node);
    return node.id;
  };
  for (const [id] of endings) add({ kind: 'end', id });
  const all = parts.flatMap(stepsOf);
  const undo = addUndoChain(all, { nodes, work }, '#compensated');
  const start = addAll(parts, '#done', { fail: '#failed', rollback: undo });
  return { ...plan, graph: { start, nodes }, work, endings: new Map(endings), steps: all.map(({ name }) => name) };

  function addAll(parts: readonly Part[], next: string, failing: Failing): string {
    return [...parts].reverse().reduce((after, part) => addPart(part, after, failing), next);
  }

  function addPart(part: Part, next: string, failing: Failing): string {
    switch (part.kind) {
      case 'step':
        return addStep(part, next, led(part.onError, next, failing));
      case 'block':
        return addBlock(part, next, led(part.onError, next, failing));
      case 'group':
        return addGroup(part, next, led(part.onError, next, failing));
      case 'choice':
        return addChoice(part, next, failing);
    }
  }

  function addStep(step: Step, next: string, onError: string): string {
    const { name, when, action } = step;
    work.set(name, taskOf(step));
    const drawn = drawnAs(action.tool);
    const id = add({ kind: 'step', id: name, next, onError, ...(drawn && { drawnAs: drawn }) });
    return when === null ? id : gateway(`${name}?`, [[when, id]], next);
  }

  /** Whatever fails inside fails the whole, whose steps have no say in what happens then. */
  function addBlock({ name, when, parts }: Block, next: string, onError: string): string {
    const failed = mark(`${name}.failed`, { kind: 'mark', step: name, status: 'failed' }, onError);
    const done = mark(`${name}.done`, { kind: 'mark', step: name, status: 'done' }, next);
    const first = addAll(parts, done, { fail: failed, rollback: failed });
    return when === null ? first : gateway(`${name}?`, [[when, first]], next);
  }

  function addGroup({ name, when, parts, mayFail, onError: how }: Group, next: string, onError: string): string {
    const counted = parts.filter((part) => part.onError !== 'continue').map((part) => `steps.${part.name}.status`);
    const enough = `count([${counted.join(', ')}][item = "failed"]) <= ${mayFail}`;
    const after = gateway(`${name}.enough?`, [[enough, next]], how === 'continue' ? next : onError);
    const join = add({ kind: 'join', id: `${name}.join`, next: after });
    const branches = parts.map((part) => addPart(part, join, { fail: join, rollback: join }));
    const split = add({ kind: 'split', id: `${name}.split`, branches, join });
    return when === null ? split : gateway(`${name}?`, [[when, split]], next);
  }

  function addChoice({ name, parts }: Choice, next: string, failing: Failing): string {
    const ways = parts.map((part): [string | null, string] => [
      part.when,
      addPart({ ...part, when: null }, next, failing),
    ]);
    const otherwise = ways.find(([when]) => when === null)?.[1] ?? next;
    return gateway(
      `${name}?`,
      ways.filter((way): way is [string, string] => way[0] !== null),
      otherwise,
    );
  }

  function mark(id: string, what: NodeMark, next: string): string {
    work.set(id, what);
    return add({ kind: 'pass', id, next });
  }

  function gateway(id: string, branches: readonly (readonly [string, string])[], otherwise: string): string {
    return add({
      ...{ kind: 'gateway', id, decision: null, atMost: null },
      branches: [...branches.map(([condition, to]) => ({ condition, to })), { condition: null, to: otherwise }],
    });
  }
}

function led(how: OnError, next: string, failing: Failing): string {
  return how === 'continue' ? next : failing[how];
}
