import { type BuiltinContext, type Builtins, itemsAt, mistyped, objectAt, pure } from '../builtin.ts';
import { entriesOf } from '../documents.ts';
import { keyOf, type RegoObject, RegoSet, type Value } from '../values.ts';

const maxDepth = 1000;

function neighbours(graph: RegoObject, node: Value): readonly Value[] {
  const found = graph.get(node);
  if (found instanceof RegoSet) return found.sorted();
  return Array.isArray(found) ? (found as readonly Value[]) : [];
}

/** The value itself and everything below it, each with its path. */
function walked(value: Value, { budget }: BuiltinContext): Value[] {
  const found: Value[] = [];
  visit([], value);
  return found;

  function visit(path: readonly Value[], current: Value): void {
    budget.make(1 + path.length);
    if (path.length > maxDepth) throw mistyped(1, `nested at most ${maxDepth} deep`, current);
    found.push([path, current]);
    for (const [key, item] of entriesOf(current)) visit([...path, key], item);
  }
}

export const graph: Builtins = {
  walk: { arity: 1, isRelation: true, run: ([value], context) => walked(value as Value, context) },
  'graph.reachable': pure(2, (args, { budget }) => {
    const edges = objectAt(args, 1);
    const queue = [...itemsAt(args, 2)];
    const reached = new Map<unknown, Value>();
    while (queue.length > 0) {
      budget.spend();
      const node = queue.pop() as Value;
      if (!edges.has(node) || reached.has(keyOf(node))) continue;
      reached.set(keyOf(node), node);
      queue.push(...neighbours(edges, node));
    }
    return new RegoSet(reached.values());
  }),
  'graph.reachable_paths': pure(2, (args, { budget }) => {
    const edges = objectAt(args, 1);
    const paths: Value[] = [];
    for (const root of itemsAt(args, 2)) {
      if (!edges.has(root)) continue;
      const next = neighbours(edges, root);
      if (next.length === 0) paths.push([root]);
      for (const node of next) follow(node, [root], new Set([keyOf(root)]));
    }
    return new RegoSet(paths);

    /** A path ends at a leaf, or before a node that was passed since it left its root's neighbour. */
    function follow(node: Value, before: readonly Value[], passed: Set<unknown>): void {
      budget.make(before.length + 1);
      const path = edges.has(node) ? [...before, node] : before;
      const next = edges.has(node) ? neighbours(edges, node) : [];
      if (next.length === 0) paths.push(path);
      for (const neighbour of next) {
        if (passed.has(keyOf(neighbour))) paths.push(path);
        else {
          passed.add(keyOf(node));
          follow(neighbour, path, passed);
        }
      }
    }
  }),
};
