import { type Builtin, type Builtins, failed, itemsAt, mistyped, objectAt, pure } from '../builtin.ts';
import { entriesOf } from '../documents.ts';
import { equal, lookup, RegoObject, RegoSet, typeName, type Value } from '../values.ts';
import { patched } from './json-patch.ts';
import { segments, without } from './paths.ts';

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

function pathsAt(args: readonly Value[]): Value[][] {
  const given = args[1] as Value;
  if (!(given instanceof RegoSet) && !Array.isArray(given)) throw mistyped(2, 'one of {set, array}', given);
  return itemsAt(args, 2).map((path) => {
    if (typeof path !== 'string' && !Array.isArray(path))
      throw mistyped(2, 'one of {set, array} containing string paths or array of path segments', path);
    return segments(path);
  });
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
