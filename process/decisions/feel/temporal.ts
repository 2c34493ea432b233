// Dates and times: years that feelin does not read, offsets that it should not, and months between dates.
import { FeelDate, FeelDateTime, FeelDuration, FeelTime } from 'feelin';
import { callFeelin } from './call-feelin.ts';
import type { OwnFunction } from './own-function.ts';

const dateParameters = ['year', 'month', 'day', 'from'];
const timeParameters = ['hour', 'minute', 'second', 'offset', 'from'];
const dateTimeParameters = ['date', 'time', 'from'];

const dateText = /^(-?\d{4,})-(\d\d)-(\d\d)$/;
const furthestOffsetHours = 18;

/** A zone as feelin takes it, or null where it is none: `Z` for offsets of zero, no further than 18 hours. */
function normalZone(text: string): string | null {
  if (/[+-]\d\d:\d\d(?::\d\d)?@|Z@/.test(text)) return null;
  const [, hours] = /T?.*[+-](\d\d):\d\d(?::\d\d)?$/.exec(text) ?? [];
  if (hours !== undefined && Number(hours) > furthestOffsetHours) return null;
  return text.replace(/[+-]00:00$/, 'Z');
}

/** A date from text; null where it is none. */
export function parseDate(text: string): unknown {
  const [, year, month, day] = dateText.exec(text) ?? [];
  if (!year || /^-?0\d{4,}$/.test(year)) return null;
  return callFeelin('date', dateParameters, [Number(year), Number(month), Number(day)]);
}

/** A time from text; null where it is none. */
export function parseTime(text: string): unknown {
  const zoned = normalZone(text);
  return zoned === null ? null : callFeelin('time', timeParameters, [zoned]);
}

/** A date and time from text, at midnight where it has no time; null where it is none. */
export function parseDateTime(text: string): unknown {
  const zoned = normalZone(text);
  if (zoned === null) return null;
  if (/T24:00:00/.test(zoned)) return nextDay(parseDateTime(zoned.replace('T24:', 'T00:')));
  if (/^\d{4}-/.test(zoned)) return callFeelin('date and time', dateTimeParameters, [zoned]);
  const split = zoned.indexOf('T');
  const date = parseDate(split < 0 ? zoned : zoned.slice(0, split));
  const time = parseTime(split < 0 ? '00:00:00' : zoned.slice(split + 1));
  return date === null || time === null ? null : callFeelin('date and time', dateTimeParameters, [date, time]);
}

function nextDay(value: unknown): unknown {
  return value instanceof FeelDateTime ? new FeelDateTime(value.unwrap().add({ days: 1 }), value.timezone) : null;
}

/** A duration from text; null where it is none. */
export function parseDuration(text: string): unknown {
  return callFeelin('duration', ['from'], [text]);
}

function reading(
  name: string,
  parameters: readonly string[],
  parse: (text: string) => unknown,
): (...values: unknown[]) => unknown {
  return (...values) => {
    const given = values.filter((value) => value !== undefined);
    const [only] = given;
    return given.length === 1 && typeof only === 'string' ? parse(only) : callFeelin(name, parameters, values);
  };
}

/** An offset of zero is `Z`. */
function inUtc(value: unknown): unknown {
  const isZero = value instanceof FeelTime && /^[+-]00:00$/.test(value.timezone ?? '');
  return isZero ? new FeelTime(value.unwrap(), 'UTC') : value;
}

function literal(text: unknown): unknown {
  if (typeof text !== 'string') return null;
  if (/^-?P/.test(text)) return parseDuration(text);
  if (/^\d\d:/.test(text)) return parseTime(text);
  return text.includes('T') ? parseDateTime(text) : parseDate(text);
}

/** Whole years and months between two dates, by what their calendars and clocks show. */
function monthsBetween(from: unknown, to: unknown): unknown {
  const [start, end] = [from, to].map((value) => {
    if (value instanceof FeelDate) return value.unwrap().toPlainDateTime();
    return value instanceof FeelDateTime ? value.unwrap() : null;
  });
  if (!start || !end) return null;
  return new FeelDuration(start.until(end, { largestUnit: 'year', smallestUnit: 'month' }), true);
}

export const temporalFunctions: Readonly<Record<string, OwnFunction>> = {
  'own date': [dateParameters, reading('date', dateParameters, parseDate)],
  'own time': [timeParameters, (...values) => inUtc(reading('time', timeParameters, parseTime)(...values))],
  'own date time': [dateTimeParameters, reading('date and time', dateTimeParameters, parseDateTime)],
  'own literal': [['text'], literal],
  'own months between': [['from', 'to'], monthsBetween],
};
