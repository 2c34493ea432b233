// Arithmetic on decimals as written, so that 0.1 + 0.2 is 0.3: exact while it runs, a double again at the end.
import { integer, parseNumber, type Value } from './values.ts';

interface Decimal {
  readonly digits: bigint;
  /** How many of the digits stand behind the point. */
  readonly scale: number;
}

/** Beyond this a number's digits are not written out. */
const maxScale = 400;

function decimalOf(value: number | bigint): Decimal | undefined {
  if (typeof value === 'bigint') return { digits: value, scale: 0 };
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return { digits: BigInt(value), scale: 0 };
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(
    String(value),
  ) as unknown as string[];
  const scale = (fraction as string).length - Number(exponent);
  if (scale > maxScale) return undefined;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

function backToValue({ digits, scale }: Decimal): Value {
  if (scale === 0) return integer(digits);
  const negative = digits < 0n;
  const text = String(negative ? -digits : digits).padStart(scale + 1, '0');
  const written = `${negative ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
  const number = Number(written);
  return Number.isInteger(number) ? (parseNumber(written) ?? number) : number;
}

function exactly(
  a: number | bigint,
  b: number | bigint,
  exact: (a: Decimal, b: Decimal) => Decimal,
  rough: (a: number, b: number) => number,
): Value {
  const [left, right] = [decimalOf(a), decimalOf(b)];
  return left && right ? backToValue(exact(left, right)) : rough(Number(a), Number(b));
}

function aligned(a: Decimal, b: Decimal, combine: (a: bigint, b: bigint) => bigint): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return {
    digits: combine(a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale)),
    scale,
  };
}

export function add(a: number | bigint, b: number | bigint): Value {
  if (
    typeof a === 'number' &&
    typeof b === 'number' &&
    Number.isInteger(a) &&
    Number.isInteger(b) &&
    Number.isSafeInteger(a + b)
  )
    return a + b;
  return exactly(
    a,
    b,
    (x, y) => aligned(x, y, (m, n) => m + n),
    (x, y) => x + y,
  );
}

export function subtract(a: number | bigint, b: number | bigint): Value {
  return add(a, typeof b === 'bigint' ? -b : 0 - b);
}

export function multiply(a: number | bigint, b: number | bigint): Value {
  return exactly(
    a,
    b,
    (x, y) => ({ digits: x.digits * y.digits, scale: x.scale + y.scale }),
    (x, y) => x * y,
  );
}

export function divide(a: number | bigint, b: number | bigint): Value {
  const [left, right] = [decimalOf(a), decimalOf(b)];
  if (!left || !right) return Number(a) / Number(b);
  const top = left.digits * 10n ** BigInt(right.scale);
  const bottom = right.digits * 10n ** BigInt(left.scale);
  if (top % bottom === 0n) return integer(top / bottom);
  const precision = 25;
  return backToValue({ digits: (top * 10n ** BigInt(precision)) / bottom, scale: precision });
}

/** To an integer: down, up, or to the nearest, halves away from zero. */
export function rounded(value: number | bigint, how: 'floor' | 'ceil' | 'round'): Value {
  if (typeof value === 'bigint') return value;
  const whole = how === 'round' ? Math.sign(value) * Math.floor(Math.abs(value) + 0.5) : Math[how](value);
  return whole + 0;
}
