// JSON Patch (RFC 6902) on values, sets included. A patch that leads nowhere is undefined.
import { failed, mistyped } from '../builtin.ts';
import { equal, lookup, RegoObject, RegoSet, type Value } from '../values.ts';
import { segments, unescaped, without } from './paths.ts';

export function patched(document: Value, patch: Value): Value | undefined {
  if (!(patch instanceof RegoObject)) throw mistyped(2, 'array of objects', patch);
  const op = patch.get('op');
  const path = pathOf(patch, 'path');
  switch (op) {
    case 'add':
      return put(document, path, valueIn(patch), 'add');
    case 'replace':
      return put(document, path, valueIn(patch), 'replace');
    case 'remove':
      return removed(document, path);
    case 'test': {
      const found = at(document, path);
      return found !== undefined && equal(found, valueIn(patch)) ? document : undefined;
    }
    case 'copy':
    case 'move': {
      const from = pathOf(patch, 'from');
      const value = at(document, from);
      if (value === undefined) return undefined;
      const source = op === 'move' ? removed(document, from) : document;
      return source === undefined ? undefined : put(source, path, value, 'add');
    }
    default:
      throw failed(`unrecognized op ${String(op)}`);
  }
}

function pathOf(patch: RegoObject, name: string): Value[] {
  const path = patch.get(name);
  if (typeof path !== 'string' && !Array.isArray(path)) throw failed(`missing '${name}' attribute`);
  if (typeof path !== 'string') return segments(path as Value);
  return path === '' ? [] : path.replace(/^\//, '').split('/').map(unescaped);
}

function valueIn(patch: RegoObject): Value {
  const value = patch.get('value');
  if (value === undefined) throw failed("missing 'value' attribute");
  return value;
}

function indexIn(array: readonly Value[], key: Value, most: number): number | undefined {
  if (key === '-') return most === array.length ? array.length : undefined;
  const index = typeof key === 'number' ? key : /^(0|[1-9]\d*)$/.test(String(key)) ? Number(key) : Number.NaN;
  return Number.isInteger(index) && index >= 0 && index <= most ? index : undefined;
}

function at(document: Value, path: readonly Value[]): Value | undefined {
  let found: Value | undefined = document;
  for (const key of path) {
    if (found === undefined) return undefined;
    if (Array.isArray(found)) {
      const index = indexIn(found, key, found.length - 1);
      found = index === undefined ? undefined : (found[index] as Value);
    } else found = lookup(found, key);
  }
  return found;
}

/** The parent rebuilt around a changed child; undefined where the path leads nowhere. */
function changed(
  document: Value,
  path: readonly Value[],
  change: (parent: Value, key: Value) => Value | undefined,
): Value | undefined {
  const [key, ...rest] = path as [Value, ...Value[]];
  if (rest.length === 0) return change(document, key);
  const child = at(document, [key]);
  const below = child === undefined ? undefined : changed(child, rest, change);
  if (below === undefined) return undefined;
  if (document instanceof RegoSet)
    return new RegoSet([...document.sorted().filter((item) => !equal(item, key)), below]);
  return assigned(document, key, below);
}

function assigned(parent: Value, key: Value, value: Value): Value | undefined {
  if (parent instanceof RegoObject) return new RegoObject([...parent.entries(), [key, value]]);
  if (!Array.isArray(parent)) return undefined;
  const index = indexIn(parent, key, parent.length - 1);
  return index === undefined ? undefined : parent.with(index, value);
}

function put(document: Value, path: readonly Value[], value: Value, how: 'add' | 'replace'): Value | undefined {
  if (path.length === 0) return value;
  return changed(document, path, (parent, key) => {
    if (how === 'replace' && at(parent, [key]) === undefined) return undefined;
    if (parent instanceof RegoSet) return equal(key, value) ? new RegoSet([...parent.sorted(), value]) : undefined;
    if (how === 'replace' || !Array.isArray(parent)) return assigned(parent, key, value);
    const index = indexIn(parent, key, parent.length);
    return index === undefined ? undefined : parent.toSpliced(index, 0, value);
  });
}

function removed(document: Value, path: readonly Value[]): Value | undefined {
  if (path.length === 0) return undefined;
  return changed(document, path, (parent, key) => {
    if (at(parent, [key]) === undefined) return undefined;
    if (!Array.isArray(parent)) return without(parent, [key]);
    const index = indexIn(parent, key, parent.length - 1);
    return index === undefined ? undefined : parent.toSpliced(index, 1);
  });
}
