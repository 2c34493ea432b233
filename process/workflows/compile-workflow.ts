// A workflow as a step graph. A step's node has the step's name; its compensation's is `<name>.undo`, and the
// compensations hang together in reverse, each behind a gateway that asks whether its step is done.
import type { Node, StepGraph } from '../step-graph.ts';
import { type Group, type OnError, type Part, type Step, stepsOf, type WorkflowPlan } from './workflow.ts';

export const undoOf = (step: string): string => `${step}.undo`;

export function compileWorkflow({ parts }: WorkflowPlan): StepGraph {
  const nodes = new Map<string, Node>();
  const add = (node: Node): string => {
    nodes.set(node.id, node);
    return node.id;
  };
  const done = add({ kind: 'end', id: '#done' });
  const failed = add({ kind: 'end', id: '#failed' });
  let undo = add({ kind: 'end', id: '#compensated' });
  for (const { name, compensate } of parts.flatMap(stepsOf)) {
    if (!compensate) continue;
    const step = add({ kind: 'step', id: undoOf(name), next: undo, onError: undo });
    undo = gateway(`${name}.undo?`, [[`steps.${name}.status = "done"`, step]], undo);
  }
  const onFailure = (how: OnError, next: string) => ({ fail: failed, rollback: undo, continue: next })[how];
  let start = done;
  for (const part of [...parts].reverse()) start = addPart(part, start);
  return { start, nodes };

  function addPart(part: Part, next: string): string {
    if (part.kind === 'step') return addStep(part, next, onFailure(part.onError, next));
    if (part.kind === 'group') return addGroup(part, next);
    const branches = part.steps.map((step): [string | null, string] => [
      step.when,
      add({ kind: 'step', id: step.name, next, onError: onFailure(step.onError, next) }),
    ]);
    const otherwise = branches.find(([when]) => when === null)?.[1] ?? next;
    return gateway(
      `${part.name}?`,
      branches.filter((branch): branch is [string, string] => branch[0] !== null),
      otherwise,
    );
  }

  function addStep({ name, when }: Step, next: string, onError: string): string {
    const id = add({ kind: 'step', id: name, next, onError });
    return when === null ? id : gateway(`${name}?`, [[when, id]], next);
  }

  function addGroup({ name, when, steps, mayFail, onError }: Group, next: string): string {
    const counted = steps.filter((step) => step.onError !== 'continue').map((step) => `steps.${step.name}.status`);
    const enough = `count([${counted.join(', ')}][item = "failed"]) <= ${mayFail}`;
    const after = gateway(`${name}.enough?`, [[enough, next]], onFailure(onError, next));
    const join = add({ kind: 'join', id: `${name}.join`, next: after });
    const branches = steps.map((step) => addStep(step, join, join));
    const split = add({ kind: 'split', id: `${name}.split`, branches, join });
    return when === null ? split : gateway(`${name}?`, [[when, split]], next);
  }

  function gateway(id: string, branches: readonly (readonly [string, string])[], otherwise: string): string {
    return add({
      ...{ kind: 'gateway', id, decision: null, atMost: null },
      branches: [...branches.map(([condition, to]) => ({ condition, to })), { condition: null, to: otherwise }],
    });
  }
}
