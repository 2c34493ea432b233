import { type Builtins, failed, itemsAt, mistyped, pure } from '../builtin.ts';
import { add, multiply } from '../decimal.ts';
import { compare, isNumber, RegoObject, RegoSet, typeName, type Value } from '../values.ts';

function folded(
  args: readonly Value[],
  start: number,
  combine: (a: number | bigint, b: number | bigint) => Value,
): Value {
  const items = itemsAt(args, 1);
  const other = items.find((item) => !isNumber(item));
  const kind = args[0] instanceof RegoSet ? 'set' : 'array';
  if (other !== undefined) throw mistyped(1, `${kind} of numbers`, `=${kind} containing ${typeName(other)}`);
  return (items as readonly (number | bigint)[]).reduce<Value>((sum, item) => combine(sum as number, item), start);
}

function extreme(args: readonly Value[], sign: 1 | -1): Value | undefined {
  const items = itemsAt(args, 1);
  return items.reduce<Value | undefined>(
    (best, item) => (best === undefined || sign * compare(item, best) > 0 ? item : best),
    undefined,
  );
}

export const aggregates: Builtins = {
  count: pure(1, ([value], { budget }) => {
    if (typeof value === 'string') {
      budget.spend(value.length);
      let count = 0;
      for (const _ of value) count++;
      return count;
    }
    if (Array.isArray(value)) return value.length;
    if (value instanceof RegoObject || value instanceof RegoSet) return value.size;
    throw mistyped(1, 'one of {array, object, set, string}', value as Value);
  }),
  sum: pure(1, (args) => folded(args, 0, add)),
  product: pure(1, (args, { budget }) => {
    budget.make(itemsAt(args, 1).length * 4);
    return folded(args, 1, (a, b) => {
      const result = multiply(a, b);
      if (typeof result === 'bigint') budget.make(result.toString(16).length);
      return result;
    });
  }),
  max: pure(1, (args) => extreme(args, 1)),
  min: pure(1, (args) => extreme(args, -1)),
  sort: pure(1, (args) => [...itemsAt(args, 1)].sort(compare)),
  all: pure(1, (args) => itemsAt(args, 1).every((item) => item === true)),
  any: pure(1, (args) => itemsAt(args, 1).some((item) => item === true)),
  'array.concat': pure(2, ([a, b], { budget }) => {
    if (!Array.isArray(a)) throw mistyped(1, 'array', a as Value);
    if (!Array.isArray(b)) throw mistyped(2, 'array', b as Value);
    budget.make(a.length + b.length);
    return [...a, ...b];
  }),
  'array.reverse': pure(1, ([array]) => {
    if (!Array.isArray(array)) throw mistyped(1, 'array', array as Value);
    return array.toReversed();
  }),
  'array.flatten': pure(1, ([array]) => {
    if (!Array.isArray(array)) throw mistyped(1, 'array', array as Value);
    return array.flat() as Value[];
  }),
  'array.slice': pure(3, ([array, from, to]) => {
    if (!Array.isArray(array)) throw mistyped(1, 'array', array as Value);
    if (!isNumber(from) || !isNumber(to)) throw failed('positions must be numbers');
    const start = Math.max(0, Number(from));
    return array.slice(start, Math.max(start, Math.min(array.length, Number(to))));
  }),
};
