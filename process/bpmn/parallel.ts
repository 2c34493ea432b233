// Where the tokens of a parallel gateway come together again.
import { type Node, reachable, type StepGraph } from '../step-graph.ts';

/**
 * The nearest join that every way out of the split comes to, whatever happens on it; null where there is none: then a token
 * could get past the others, or end without them.
 */
export function joinOf(split: Extract<Node, { kind: 'split' }>, graph: StepGraph): string | null {
  const { branches } = split;
  const reached = branches.map((branch) => reachable(graph, branch));
  const isJoin = (id: string) => graph.nodes.get(id)?.kind === 'join';
  const shared = [...(reached[0] ?? [])].filter((id) => isJoin(id) && reached.every((ids) => ids.has(id)));
  const closing = shared.filter((join) => branches.every((branch) => comesTo(join, branch, split, graph)));
  // Nearest: none of the others lies on the way to it.
  return (
    closing.find((join) =>
      branches.every((branch) => {
        const before = reachable(graph, branch, ({ id }) => id === join);
        return closing.every((other) => other === join || !before.has(other));
      }),
    ) ?? null
  );
}

/** Whether a token from `from` comes to `join` before any end, unless an error takes it out of all this. */
function comesTo(join: string, from: string, split: Node, graph: StepGraph): boolean {
  if (from === join) return true;
  const leaves = (node: Node) => node.kind === 'leave' && node.splits.includes(split.id);
  const before = reachable(graph, from, (node) => node.id === join || leaves(node));
  return [...before].every((id) => {
    const node = graph.nodes.get(id);
    return node?.kind !== 'end' || node.uncaught === true;
  });
}
