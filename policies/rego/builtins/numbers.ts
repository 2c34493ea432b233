import {
  type Builtin,
  type Builtins,
  countAt,
  failed,
  integerAt,
  mistyped,
  numberAt,
  pure,
  stringAt,
} from '../builtin.ts';
import { add, divide, multiply, rounded, subtract } from '../decimal.ts';
import { integer, isNumber, parseNumber, RegoSet, type Value } from '../values.ts';

const maxShift = 100_000n;
/** A product of longer numbers would hold up everything by itself. */
const mostDigits = 100_000;

/** Hexadecimal ones: those of a long number are counted in no time. */
function digits(value: number | bigint): number {
  return typeof value === 'bigint' ? value.toString(16).length : 16;
}

function arithmetic(compute: (a: number | bigint, b: number | bigint) => Value): Builtin {
  return pure(2, (args, { budget }) => {
    budget.spend();
    const [a, b] = [numberAt(args, 1), numberAt(args, 2)];
    if (typeof a === 'bigint' || typeof b === 'bigint') {
      const length = digits(a) + digits(b);
      if (length > mostDigits) throw failed(`numbers of more than ${mostDigits} digits together`);
      budget.make(length);
    }
    return compute(a, b);
  });
}

function bits(compute: (a: bigint, b: bigint) => bigint): Builtin {
  return pure(2, (args) => integer(compute(integerAt(args, 1), integerAt(args, 2))));
}

function shiftAt(args: readonly Value[]): bigint {
  const by = integerAt(args, 2);
  if (by < 0n) throw mistyped(2, 'an unsigned integer number', '=a negative integer');
  if (by > maxShift) throw failed(`a shift by more than ${maxShift}`);
  return by;
}

function range(args: readonly Value[], step: bigint, budget: { make(count: number): void }): Value {
  const [from, to] = [integerAt(args, 1), integerAt(args, 2)];
  const count = (from < to ? to - from : from - to) / step + 1n;
  budget.make(count > 1_000_000_000n ? 1_000_000_000 : Number(count));
  const by = from <= to ? step : -step;
  return Array.from({ length: Number(count) }, (_, index) => integer(from + BigInt(index) * by));
}

export const numbers: Builtins = {
  plus: arithmetic(add),
  minus: pure(2, (args) => {
    const [a, b] = args as [Value, Value];
    if (isNumber(a) && isNumber(b)) return subtract(a, b);
    if (!(a instanceof RegoSet) && !isNumber(a)) throw mistyped(1, 'one of {number, set}', a);
    if (!(a instanceof RegoSet && b instanceof RegoSet)) throw mistyped(2, isNumber(a) ? 'number' : 'set', b);
    return new RegoSet(a.sorted().filter((item) => !b.has(item)));
  }),
  mul: arithmetic(multiply),
  div: arithmetic((a, b) => {
    if (Number(b) === 0) throw failed('divide by zero');
    return divide(a, b);
  }),
  rem: pure(2, (args) => {
    const [a, b] = [numberAt(args, 1), numberAt(args, 2)];
    if (![a, b].every((number) => typeof number === 'bigint' || Number.isInteger(number)))
      throw failed('modulo on floating-point number');
    if (Number(b) === 0) throw failed('modulo by zero');
    return integer(BigInt(a) % BigInt(b));
  }),
  abs: pure(1, (args) => {
    const value = numberAt(args, 1);
    return typeof value === 'bigint' ? (value < 0n ? -value : value) : Math.abs(value);
  }),
  ceil: pure(1, (args) => rounded(numberAt(args, 1), 'ceil')),
  floor: pure(1, (args) => rounded(numberAt(args, 1), 'floor')),
  round: pure(1, (args) => rounded(numberAt(args, 1), 'round')),
  'numbers.range': pure(2, (args, { budget }) => range(args, 1n, budget)),
  'numbers.range_step': pure(3, (args, { budget }) => {
    const step = integerAt(args, 3);
    if (step <= 0n) throw failed('step must be a positive number above zero');
    return range(args, step, budget);
  }),
  'rand.intn': {
    arity: 2,
    isImpure: true,
    run(args, { kept }) {
      const most = Math.abs(countAt(args, 2));
      const key = `rand ${stringAt(args, 1)} ${most}`;
      if (!kept.has(key)) kept.set(key, most === 0 ? 0 : Math.floor(Math.random() * most));
      return kept.get(key);
    },
  },
  'bits.and': bits((a, b) => a & b),
  'bits.or': bits((a, b) => a | b),
  'bits.xor': bits((a, b) => a ^ b),
  'bits.negate': pure(1, (args) => integer(~integerAt(args, 1))),
  'bits.lsh': pure(2, (args) => integer(integerAt(args, 1) << shiftAt(args))),
  'bits.rsh': pure(2, (args) => integer(integerAt(args, 1) >> shiftAt(args))),
  to_number: pure(1, ([value]) => {
    if (value === null || value === false) return 0;
    if (value === true) return 1;
    if (isNumber(value)) return value;
    if (typeof value !== 'string') throw mistyped(1, 'one of {null, boolean, number, string}', value as Value);
    const number = parseNumber(
      value
        .replace(/^\+/, '')
        .replace(/^(-?)0+(?=\d)/, '$1')
        .replace(/^(-?)\./, '$10.'),
    );
    if (number === undefined)
      throw /^[+-]?(nan|inf(inity)?)$/i.test(value)
        ? mistyped(1, 'a finite number', `=${value}`)
        : failed('invalid syntax');
    return number;
  }),
};
