import { type Builtin, type Builtins, failed, itemsAt, mistyped, objectAt, pure } from '../builtin.ts';
import { entriesOf } from '../documents.ts';
import { equal, lookup, RegoObject, RegoSet, typeName, type Value } from '../values.ts';

/** Keys named by an array, a set, or the keys of an object. */
function keysAt(args: readonly Value[], position: number): readonly Value[] {
  const given = args[position - 1] as Value;
  return given instanceof RegoObject ? given.keys() : itemsAt(args, position, 'one of {object, set, array}');
}

function merged(a: Value, b: Value): Value {
  if (!(a instanceof RegoObject && b instanceof RegoObject)) return b;
  const entries = [...a.entries()].map(([key, value]) => {
    const other = b.get(key);
    return [key, other === undefined ? value : merged(value, other)] as const;
  });
  return new RegoObject([...entries, ...[...b.entries()].filter(([key]) => !a.has(key))]);
}

function isSubset(whole: Value, part: Value): boolean {
  if (whole instanceof RegoObject && part instanceof RegoObject)
    return part.sorted().every(([key, value]) => {
      const found = whole.get(key);
      return found !== undefined && (equal(found, value) || (bothComposite(found, value) && isSubset(found, value)));
    });
  if (whole instanceof RegoSet && part instanceof RegoSet) return part.sorted().every((item) => whole.has(item));
  if (Array.isArray(whole) && part instanceof RegoSet)
    return part.sorted().every((item) => whole.some((other: Value) => equal(other, item)));
  if (Array.isArray(whole) && Array.isArray(part))
    return whole.some((_, from) =>
      part.every((item: Value, index) => from + index < whole.length && equal(whole[from + index], item)),
    );
  throw failed('both arguments object.subset must be of the same type or array and set');
}

function bothComposite(a: Value, b: Value): boolean {
  return typeName(a) === typeName(b) && typeof a === 'object' && a !== null;
}

/** Segments of a path, given as text with slashes or as an array. */
function segments(path: Value): Value[] {
  if (Array.isArray(path)) return path as Value[];
  const text = (path as string).replace(/^\/+/, '');
  return text === '' ? [] : text.split('/').map(unescaped);
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function pathsAt(args: readonly Value[]): Value[][] {
  const given = args[1] as Value;
  if (!(given instanceof RegoSet) && !Array.isArray(given)) throw mistyped(2, 'one of {set, array}', given);
  return itemsAt(args, 2).map((path) => {
    if (typeof path !== 'string' && !Array.isArray(path))
      throw mistyped(2, 'one of {set, array} containing string paths or array of path segments', path);
    return segments(path);
  });
}

function without(value: Value, path: readonly Value[]): Value {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (value instanceof RegoObject) {
    if (rest.length === 0) return new RegoObject([...value.entries()].filter(([name]) => !equal(name, key)));
    return new RegoObject(
      [...value.entries()].map(([name, item]) => [name, equal(name, key) ? without(item, rest) : item]),
    );
  }
  if (value instanceof RegoSet) {
    if (rest.length === 0) return new RegoSet(value.sorted().filter((item) => !equal(item, key)));
    return value;
  }
  if (!Array.isArray(value)) return value;
  const index = Number(key);
  return value.flatMap((item: Value, position) =>
    position !== index ? [item] : rest.length === 0 ? [] : [without(item, rest)],
  );
}

/** Only what the paths lead to. */
function filtered(value: Value, paths: readonly (readonly Value[])[]): Value | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  const below = (key: Value) =>
    paths.filter(([first]) => equal(first as Value, key) || String(first) === String(key)).map((path) => path.slice(1));
  if (value instanceof RegoObject)
    return new RegoObject(
      value.sorted().flatMap(([key, item]) => {
        const kept = below(key);
        const found = kept.length > 0 ? filtered(item, kept) : undefined;
        return found === undefined ? [] : [[key, found] as const];
      }),
    );
  if (value instanceof RegoSet) return new RegoSet(value.sorted().filter((item) => below(item).length > 0));
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item: Value, index) => {
    const kept = below(index);
    const found = kept.length > 0 ? filtered(item, kept) : undefined;
    return found === undefined ? [] : [found];
  });
}

const get: Builtin = pure(3, (args) => {
  const object = objectAt(args, 1);
  const [, key, otherwise] = args as [Value, Value, Value];
  let found: Value | undefined = Array.isArray(key) ? object : object.get(key);
  if (!Array.isArray(key)) return found === undefined ? otherwise : found;
  for (const step of key as readonly Value[]) found = found === undefined ? undefined : lookup(found, step);
  return found === undefined ? otherwise : found;
});

export const objects: Builtins = {
  'object.get': get,
  'object.keys': pure(1, (args) => new RegoSet(objectAt(args, 1).keys())),
  'object.remove': pure(2, (args) => {
    const object = objectAt(args, 1);
    const dropped = new RegoSet(keysAt(args, 2));
    return new RegoObject([...object.entries()].filter(([key]) => !dropped.has(key)));
  }),
  'object.filter': pure(2, (args) => {
    const object = objectAt(args, 1);
    const kept = new RegoSet(keysAt(args, 2));
    return new RegoObject([...object.entries()].filter(([key]) => kept.has(key)));
  }),
  'object.union': pure(2, (args, { budget }) => {
    const [a, b] = [objectAt(args, 1), objectAt(args, 2)];
    budget.make(a.size + b.size);
    return merged(a, b);
  }),
  'object.union_n': pure(1, ([given], { budget }) => {
    if (!Array.isArray(given)) throw mistyped(1, 'array', given as Value);
    const other = given.find((item) => !(item instanceof RegoObject));
    if (other !== undefined) throw mistyped(1, 'array of objects', `=array containing ${typeName(other as Value)}`);
    budget.make(given.reduce((sum: number, item) => sum + (item as RegoObject).size, 0));
    return (given as readonly Value[]).reduce(merged, new RegoObject());
  }),
  'object.subset': pure(2, ([whole, part], { budget }) => {
    const [size, other] = [[...entriesOf(whole)].length, [...entriesOf(part)].length];
    budget.spend(Array.isArray(whole) ? size * other : size + other);
    return isSubset(whole as Value, part as Value);
  }),
  'json.remove': pure(2, (args) => {
    const object = objectAt(args, 1);
    const paths = pathsAt(args);
    return paths
      .sort((a, b) => b.length - a.length || Number(b.at(-1)) - Number(a.at(-1)) || 0)
      .reduce<Value>(without, object);
  }),
  'json.filter': pure(2, (args) => {
    const object = objectAt(args, 1);
    return filtered(object, pathsAt(args));
  }),
  'json.patch': pure(2, ([document, patches], { budget }) => {
    if (!Array.isArray(patches)) throw mistyped(2, 'array', patches as Value);
    return (patches as readonly Value[]).reduce<Value | undefined>((current, patch) => {
      budget.make(8);
      return current === undefined ? undefined : patched(current, patch);
    }, document);
  }),
};

function patched(document: Value, patch: Value): Value | undefined {
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
