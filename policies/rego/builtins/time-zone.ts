// Moments and calendars: the offset of a time zone at a moment, and a moment's date and time there.
import { failed } from '../builtin.ts';

export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Nanoseconds of the second. */
  readonly fraction: bigint;
  readonly weekday: number;
}

const second = 1_000_000_000n;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  if (/^[+-]/.test(zone)) throw failed(`unknown time zone ${zone}`);
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone === 'Local' ? 'UTC' : zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      timeZoneName: 'short',
    });
    formats.set(zone, format);
    return format;
  } catch {
    throw failed(`unknown time zone ${zone}`);
  }
}

function partsAt(ns: bigint, zone: string): Map<string, string> {
  return new Map(
    formatOf(zone)
      .formatToParts(new Date(Number(floorDiv(ns, 1_000_000n))))
      .map(({ type, value }) => [type, value]),
  );
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** Seconds east of Greenwich. Throws eval_builtin_error for a zone that nobody knows. */
export function offsetAt(ns: bigint, zone: string): number {
  if (zone === 'UTC' || zone === '') return 0;
  const parts = partsAt(ns, zone);
  const [year, month, day, hour, minute, seconds] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map((name) =>
    Number(parts.get(name)),
  ) as [number, number, number, number, number, number];
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, seconds));
  date.setUTCFullYear(parts.get('era') === 'BC' ? 1 - year : year);
  return date.getTime() / 1000 - Number(floorDiv(ns, second));
}

/** What a zone calls itself at a moment, like CET. */
export function abbreviationAt(ns: bigint, zone: string): string {
  if (zone === 'UTC' || zone === '') return 'UTC';
  return partsAt(ns, zone).get('timeZoneName') ?? zone;
}

export function civil(ns: bigint, offset: number): Civil {
  const seconds = floorDiv(ns, second);
  const date = new Date((Number(seconds) + offset) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    fraction: ns - seconds * second,
    weekday: date.getUTCDay(),
  };
}

type Clock = Pick<Civil, 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'>;

/** Seconds since 1970 of a date and time in a zone; months and days may overflow. */
export function instant({ year, month, day, hour, minute, second: seconds }: Clock, zone: string): bigint {
  const date = new Date(Date.UTC(2000, 0, 1, hour, minute, seconds));
  date.setUTCFullYear(year, month - 1, day);
  const asUtc = BigInt(date.getTime() / 1000);
  const offset = offsetAt(asUtc * second, zone);
  return asUtc - BigInt(offsetAt((asUtc - BigInt(offset)) * second, zone));
}
