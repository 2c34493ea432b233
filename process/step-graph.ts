// What the engine runs: nodes and where each leads. Diagrams and workflows compile to this.

/** Where a gateway leads, and when. */
export interface Branch {
  /** FEEL over the decision's output and the token's facts; null marks the default branch. */
  readonly condition: string | null;
  readonly to: string;
}

export type Node =
  | {
      readonly kind: 'step';
      readonly id: string;
      readonly next: string;
      readonly onError: string | null;
      /** Which of its owner's steps it is, where that is not the one of its own name. */
      readonly does?: string;
      /** What is drawn for it, where that is not a plain task. */
      readonly drawnAs?: 'person' | 'timer' | 'call' | 'table';
    }
  /** A person acts; the token leaves the engine and comes back later. */
  | { readonly kind: 'approval'; readonly id: string; readonly next: string }
  /** `decision` names the table to ask first, if any; after `atMost` passes a token takes the default branch unasked. */
  | {
      readonly kind: 'gateway';
      readonly id: string;
      readonly decision: string | null;
      readonly atMost: number | null;
      readonly branches: readonly Branch[];
    }
  /** `durationMs` is FEEL over the token's facts. */
  | { readonly kind: 'timer'; readonly id: string; readonly durationMs: string; readonly next: string }
  /** A token for each branch; all of them lead to `join`, and to no end before it but for errors that nothing catches. */
  | { readonly kind: 'split'; readonly id: string; readonly branches: readonly string[]; readonly join: string }
  /** Goes on with one token when every branch has come. */
  | { readonly kind: 'join'; readonly id: string; readonly next: string }
  /** Goes on at once: where a sub-process begins and ends. It is not drawn. */
  | { readonly kind: 'pass'; readonly id: string; readonly next: string }
  /**
   * Where an error goes on that a sub-process catches at its edge: a token among several waits until those beside it, between
   * the `splits` inside, have gone as far as they can, and goes on alone.
   */
  | { readonly kind: 'leave'; readonly id: string; readonly next: string; readonly splits: readonly string[] }
  /** `uncaught`: what an error leads to that nothing caught; it may end a token among several, and the walk with it. */
  | { readonly kind: 'end'; readonly id: string; readonly uncaught?: true };

export interface StepGraph {
  readonly start: string;
  readonly nodes: ReadonlyMap<string, Node>;
}

/** Every node that can be reached from `from` without passing `without`. */
export function reachable(graph: StepGraph, from: string, without: (node: Node) => boolean = () => false): Set<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = graph.nodes.get(id);
    if (!node || seen.has(id) || without(node)) continue;
    seen.add(id);
    open.push(...successors(node));
  }
  return seen;
}

/** A node that can come back to itself, again and again, without a timer or a person in between, or null. */
export function endlessLoop(graph: StepGraph): string | null {
  const waits = (node: Node) => node.kind === 'timer' || node.kind === 'approval';
  const unbound = { ...graph, nodes: new Map([...graph.nodes].map(([id, node]) => [id, exhausted(node)])) };
  for (const node of unbound.nodes.values())
    if (!waits(node) && successors(node).some((next) => reachable(unbound, next, waits).has(node.id))) return node.id;
  return null;
}

/** A gateway that may not be asked any more. */
function exhausted(node: Node): Node {
  if (node.kind !== 'gateway' || node.atMost === null) return node;
  return { ...node, branches: node.branches.filter(({ condition }) => condition === null) };
}

/** Where a node can lead. */
export function successors(node: Node): string[] {
  switch (node.kind) {
    case 'step':
      return node.onError === null ? [node.next] : [node.next, node.onError];
    case 'gateway':
      return node.branches.map((branch) => branch.to);
    case 'split':
      return [...node.branches];
    case 'end':
      return [];
    default:
      return [node.next];
  }
}

/** The node with every way out of it led to where `to` says. */
export function redirected(node: Node, to: (id: string) => string): Node {
  switch (node.kind) {
    case 'step':
      return { ...node, next: to(node.next), onError: node.onError === null ? null : to(node.onError) };
    case 'gateway':
      return { ...node, branches: node.branches.map((branch) => ({ ...branch, to: to(branch.to) })) };
    case 'split':
      return { ...node, branches: node.branches.map(to) };
    case 'end':
      return node;
    default:
      return { ...node, next: to(node.next) };
  }
}
