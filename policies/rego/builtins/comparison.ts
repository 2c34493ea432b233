import { type Builtins, pure } from '../builtin.ts';
import { entriesOf } from '../documents.ts';
import { compare, equal, lookup, RegoObject, RegoSet, type Value } from '../values.ts';

type Compares = (a: Value, b: Value) => boolean;

/** Whether a value is an item of a collection. */
function isMember(item: Value, collection: Value): boolean {
  if (collection instanceof RegoSet) return collection.has(item);
  for (const [, member] of entriesOf(collection)) if (equal(member, item)) return true;
  return false;
}

export const comparisons: Readonly<Record<string, Compares>> = {
  equal,
  neq: (a, b) => !equal(a, b),
  lt: (a, b) => compare(a, b) < 0,
  lte: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  gte: (a, b) => compare(a, b) >= 0,
  'internal.member_2': isMember,
};

export const comparison: Builtins = {
  ...Object.fromEntries(
    Object.entries(comparisons).map(([name, holds]) => [name, pure(2, ([a, b]) => holds(a as Value, b as Value))]),
  ),
  'internal.member_3': pure(3, ([key, item, collection]) => {
    if (!Array.isArray(collection) && !(collection instanceof RegoObject) && !(collection instanceof RegoSet))
      return false;
    const found = lookup(collection as Value, key as Value);
    return found !== undefined && equal(found, item as Value);
  }),
};
