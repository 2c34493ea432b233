// The document `data`: what rules give, what was loaded and what `with` put there, as one tree. A cursor stands at one
// place of all three; as soon as only one of them is left it is a plain value.
import { type CompiledNode, type Documents, type Patch, replaced } from './evaluation.ts';
import { compare, lookup, RegoObject, RegoSet, type Value } from './values.ts';

export type Cursor =
  | { readonly plain: Value }
  | {
      readonly plain?: undefined;
      readonly node: CompiledNode | undefined;
      readonly base: Value | undefined;
      readonly patch: Patch | undefined;
    };

export function cursorOf(
  node: CompiledNode | undefined,
  base: Value | undefined,
  patch: Patch | undefined,
): Cursor | undefined {
  if (patch?.value !== undefined) return { plain: patch.value };
  if (node || patch) return { node, base, patch };
  return base === undefined ? undefined : { plain: base };
}

export function descend(cursor: Cursor, key: Value, at: Documents): Cursor | undefined {
  if (cursor.plain !== undefined) return plain(lookup(cursor.plain, key));
  const { node, base, patch } = cursor;
  if (node && node.kind !== 'tree') return plain(lookup(extent(cursor, at) ?? null, key));
  return cursorOf(node?.children.get(key), base === undefined ? undefined : lookup(base, key), patch?.below.get(key));
}

function plain(value: Value | undefined): Cursor | undefined {
  return value === undefined ? undefined : { plain: value };
}

/** Keys and what stands below them, in Rego's order. */
export function* children(cursor: Cursor, at: Documents): Iterable<readonly [Value, Cursor]> {
  if (cursor.plain !== undefined || (cursor.node && cursor.node.kind !== 'tree')) {
    for (const [key, value] of entriesOf(extent(cursor, at))) yield [key, { plain: value }];
    return;
  }
  const keys = new Set<Value>([...(cursor.node?.children.keys() ?? []), ...(cursor.patch?.below.keys() ?? [])]);
  for (const [key] of cursor.base === undefined ? [] : entriesOf(cursor.base)) keys.add(key);
  for (const key of [...keys].sort(compare)) {
    const below = descend(cursor, key, at);
    if (below) yield [key, below];
  }
}

/** Keys and items of a collection; a set's members are both. Nothing of what is no collection. */
export function entriesOf(value: Value | undefined): Iterable<readonly [Value, Value]> {
  if (value instanceof RegoObject) return value.sorted();
  if (value instanceof RegoSet) return value.sorted().map((item) => [item, item] as const);
  return Array.isArray(value) ? value.map((item: Value, index) => [index, item] as const) : [];
}

/** The same, to `visit` each in turn until it gives true; gives whether it did. */
export function someEntry(value: Value | undefined, visit: (key: Value, item: Value) => boolean): boolean {
  if (value instanceof RegoObject) {
    for (const [key, item] of value.sorted()) if (visit(key, item)) return true;
  } else if (value instanceof RegoSet) {
    for (const item of value.sorted()) if (visit(item, item)) return true;
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (visit(index, value[index] as Value)) return true;
  }
  return false;
}

/** The whole document at a place. */
export function extent(cursor: Cursor, at: Documents): Value | undefined {
  if (cursor.plain !== undefined) return cursor.plain;
  const { node, base, patch } = cursor;
  if (!node) return patch ? patchedValue(base, patch) : base;
  if (node.kind === 'function') return undefined;
  const kept = at.found.get(node);
  if (kept) return kept.value;
  const value = node.kind === 'complete' ? node.complete(at) : merged();
  const result = patch ? patchedValue(value, patch) : value;
  at.found.set(node, { value: result });
  return result;

  /** What was loaded wins over a rule of the same name; only trees are merged. */
  function merged(): Value | undefined {
    const below: [Value, Value, CompiledNode][] = [];
    for (const [key, child] of node!.children) {
      const childBase = base === undefined ? undefined : lookup(base, key);
      const isLoaded =
        child.kind === 'function' || (childBase !== undefined && child.kind !== 'tree' && !patch?.below.has(key));
      const value = isLoaded ? childBase : extent({ node: child, base: childBase, patch: patch?.below.get(key) }, at);
      if (value !== undefined) below.push([key, value, child]);
    }
    if (node!.kind === 'partial') return node!.partial(at, below);
    return new RegoObject([
      ...(base instanceof RegoObject ? base.entries() : []),
      ...below.map(([key, value]) => [key, value] as const),
    ]);
  }
}

function patchedValue(value: Value | undefined, patch: Patch): Value | undefined {
  if (patch.value !== undefined) return patch.value;
  let result = value;
  for (const [key, below] of patch.below) {
    const item = patchedValue(result instanceof RegoObject ? result.get(key) : undefined, below);
    if (item !== undefined) result = replaced(result, [key], item);
  }
  return result;
}
