// The compensations of a workflow: they hang together in reverse, each behind a gateway that asks whether its step is done,
// and go on when one of them fails.
import type { Node } from '../step-graph.ts';
import { type NodeMark, type NodeTask, undoOf } from './runnable.ts';
import type { Action, Step } from './workflow.ts';

interface Compiled {
  readonly nodes: Map<string, Node>;
  readonly work: Map<string, NodeTask | NodeMark>;
}

/** Adds the nodes; gives where the chain begins, which is `end` where nothing is to be undone. */
export function addUndoChain(
  steps: readonly Pick<Step, 'name' | 'compensate'>[],
  { nodes, work }: Compiled,
  end: string,
): string {
  let first = end;
  for (const { name, compensate } of steps) {
    if (!compensate) continue;
    const undo = undoOf(name);
    nodes.set(undo, { kind: 'step', id: undo, next: first, onError: first });
    work.set(undo, undoingTask(name, compensate));
    const asked = `${undo}?`;
    nodes.set(asked, {
      ...{ kind: 'gateway', id: asked, decision: null, atMost: null },
      branches: [
        { condition: `steps.${name}.status = "done"`, to: undo },
        { condition: null, to: first },
      ],
    });
    first = asked;
  }
  return first;
}

export function taskOf({ name, action, keeps, attempts, timeoutMs, onError }: Step): NodeTask {
  return {
    kind: 'task',
    step: name,
    undoes: false,
    action,
    keeps,
    attempts,
    timeoutMs,
    tolerated: onError === 'continue',
  };
}

function undoingTask(step: string, action: Action): NodeTask {
  return { kind: 'task', step, undoes: true, action, keeps: [], attempts: null, timeoutMs: null, tolerated: true };
}
