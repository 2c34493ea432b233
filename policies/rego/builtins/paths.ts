// Paths into values, as the builtins on JSON take them.
import { equal, RegoObject, RegoSet, type Value } from '../values.ts';

/** Segments of a path, given as text with slashes or as an array. */
export function segments(path: Value): Value[] {
  if (Array.isArray(path)) return path as Value[];
  const text = (path as string).replace(/^\/+/, '');
  return text === '' ? [] : text.split('/').map(unescaped);
}

export function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

export function without(value: Value, path: readonly Value[]): Value {
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
