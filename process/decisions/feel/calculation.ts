// Arithmetic of dates, times and durations, where feelin has none or another (DMN 1.5, tables 55 to 58).
import { evaluate, FeelDate, type FeelDateTime, FeelDuration } from 'feelin';
import type { OwnFunction } from './own-function.ts';
import { type TypeName, typeNameOf } from './values.ts';

type Temporal = FeelDate | FeelDateTime;
const months = 'years and months duration' satisfies TypeName;
const seconds = 'days and time duration' satisfies TypeName;
const isDuration = (type: TypeName): boolean => type === months || type === seconds;
const isDay = (type: TypeName): boolean => type === 'date' || type === 'date and time';

/** `a operator b`; null where the two do not go together. */
function calculation(operator: string, a: unknown, b: unknown): unknown {
  const [left, right] = [typeNameOf(a), typeNameOf(b)];
  if (operator === '*' && isDuration(left) && right === 'number') return scaled(a as FeelDuration, b as number);
  if (operator === '*' && left === 'number' && isDuration(right)) return scaled(b as FeelDuration, a as number);
  if (operator === '/' && isDuration(left) && right === 'number') return scaled(a as FeelDuration, 1 / (b as number));
  if (operator === '/' && isDuration(left)) return left === right ? ratio(a as FeelDuration, b as FeelDuration) : null;
  if (operator === '+' && isDuration(left) && !isDuration(right)) return calculation('+', b, a);
  if (operator === '+' || operator === '-') {
    if (left === 'date' && right === seconds) return moved(a as FeelDate, b as FeelDuration, operator);
    if (left === 'time' && right === months) return null;
    if (operator === '-' && isDay(left) && right === 'time') return null;
    if (operator === '-' && left === 'time' && isDay(right)) return null;
    if (operator === '-' && isDay(left) && isDay(right)) return between(b as Temporal, a as Temporal);
  }
  const value: unknown = evaluate(`a ${operator} b`, { a, b }).value;
  return typeof value === 'number' && !Number.isFinite(value) ? null : (value ?? null);
}

/** Months, or seconds. */
function amount(duration: FeelDuration): number {
  const value = duration.unwrap();
  return duration.yearsMonths ? value.years * 12 + value.months : value.total({ unit: 'second' });
}

function scaled(duration: FeelDuration, factor: number): unknown {
  const product = amount(duration) * factor;
  if (!Number.isFinite(product)) return null;
  const sign = product < 0 ? '-' : '';
  const size = Math.abs(product);
  const text = duration.yearsMonths ? `P${Math.trunc(size)}M` : `PT${decimals(size)}S`;
  return evaluate(`duration("${sign}${text}")`, {}).value ?? null;
}

/** Nanoseconds and no exponent, as ISO 8601 wants it. */
function decimals(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '');
}

function ratio(a: FeelDuration, b: FeelDuration): number | null {
  const quotient = amount(a) / amount(b);
  return Number.isFinite(quotient) ? quotient : null;
}

/** A date moved by hours stays a date: the one on which its midnight then lies. */
function moved(date: FeelDate, duration: FeelDuration, operator: '+' | '-'): FeelDate {
  const by = operator === '+' ? duration.unwrap() : duration.unwrap().negated();
  return new FeelDate(date.unwrap().toPlainDateTime().add(by).toPlainDate());
}

/** From `start` to `end`; a date is its midnight in UTC. Null where one has a zone and the other has none. */
function between(start: Temporal, end: Temporal): unknown {
  const [from, to] = [start, end].map((value) => (value instanceof FeelDate ? 'UTC' : value.timezone));
  if ((from === null) !== (to === null)) return null;
  const [first, last] = [start, end].map((value) => {
    const local = value instanceof FeelDate ? value.unwrap().toPlainDateTime() : value.unwrap();
    const zone = value instanceof FeelDate ? null : value.timezone;
    return zone === null ? local : local.toZonedDateTime(zone).withTimeZone('UTC').toPlainDateTime();
  });
  return first && last ? new FeelDuration(last.since(first, { largestUnit: 'day' }), false) : null;
}

/** What `a..b` stands for in a `for`: whole numbers or days, downwards too. */
function steps(a: unknown, b: unknown): unknown {
  if (typeNameOf(a) === 'date' && typeNameOf(b) === 'date') {
    const [first, last] = [(a as FeelDate).unwrap(), (b as FeelDate).unwrap()];
    const days = first.until(last, { largestUnit: 'day' }).days;
    const direction = days < 0 ? -1 : 1;
    return Array.from({ length: Math.abs(days) + 1 }, (_, day) => new FeelDate(first.add({ days: day * direction })));
  }
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) return null;
  const [first, last] = [a as number, b as number];
  const direction = last < first ? -1 : 1;
  return Array.from({ length: Math.abs(last - first) + 1 }, (_, step) => first + step * direction);
}

export const calculations: Readonly<Record<string, OwnFunction>> = {
  'own calculation': [['operator', 'a', 'b'], calculation],
  'own steps': [['a', 'b'], steps],
};
