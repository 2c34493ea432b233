// Go's time layouts: the moment Mon Jan 2 15:04:05 MST 2006, written as times shall be written.
import { failed } from '../builtin.ts';
import { abbreviationAt, civil, instant, offsetAt } from './time-zone.ts';

const named: Readonly<Record<string, string>> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
};
const pieces =
  /January|Jan|Monday|Mon(?![a-z])|MST|2006|-07:00:00|-07:00|-0700|-070000|-07|Z07:00:00|Z07:00|Z0700|Z070000|Z07|002|__2|_2|[.,]0+(?!\d)|[.,]9+(?!\d)|01|02|03|04|05|06|15|PM|pm|1|2|3|4|5/g;
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const second = 1_000_000_000n;

function two(value: number): string {
  return String(value).padStart(2, '0');
}

export function formatTime(ns: bigint, zone: string, layoutName: string): string {
  const layout = named[layoutName] ?? layoutName;
  const offset = offsetAt(ns, zone);
  const at = civil(ns, offset);
  return layout.replace(pieces, (piece) => {
    if (/^[-Z]07/.test(piece)) return offsetText(piece, offset);
    if (/^[.,][09]/.test(piece)) return fractionText(piece, at.fraction);
    switch (piece) {
      case 'January':
        return months[at.month - 1] as string;
      case 'Jan':
        return (months[at.month - 1] as string).slice(0, 3);
      case 'Monday':
        return days[at.weekday] as string;
      case 'Mon':
        return (days[at.weekday] as string).slice(0, 3);
      case 'MST':
        return abbreviationAt(ns, zone);
      case '2006':
        return String(at.year).padStart(4, '0');
      case '06':
        return two(((at.year % 100) + 100) % 100);
      case '01':
        return two(at.month);
      case '1':
        return String(at.month);
      case '02':
        return two(at.day);
      case '_2':
        return String(at.day).padStart(2, ' ');
      case '2':
        return String(at.day);
      case '002':
      case '__2':
        return String(dayOfYear(at)).padStart(3, piece === '002' ? '0' : ' ');
      case '15':
        return two(at.hour);
      case '03':
        return two(at.hour % 12 || 12);
      case '3':
        return String(at.hour % 12 || 12);
      case '04':
        return two(at.minute);
      case '4':
        return String(at.minute);
      case '05':
        return two(at.second);
      case '5':
        return String(at.second);
      case 'PM':
        return at.hour < 12 ? 'AM' : 'PM';
      default:
        return at.hour < 12 ? 'am' : 'pm';
    }
  });
}

function dayOfYear({ year, month, day }: { year: number; month: number; day: number }): number {
  return (Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000 + 1;
}

function offsetText(piece: string, offset: number): string {
  if (piece.startsWith('Z') && offset === 0) return 'Z';
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map(two);
  const count = piece.replace(/[^\d]/g, '').length / 2;
  return (offset < 0 ? '-' : '+') + parts.slice(0, count).join(piece.includes(':') ? ':' : '');
}

function fractionText(piece: string, fraction: bigint): string {
  const digits = String(fraction)
    .padStart(9, '0')
    .slice(0, piece.length - 1);
  if (piece[1] === '0') return piece[0] + digits;
  const short = digits.replace(/0+$/, '');
  return short === '' ? '' : piece[0] + short;
}

/** Nanoseconds since 1970. Throws eval_builtin_error where `text` is not as `layoutName` says. */
export function parseTime(layoutName: string, text: string): bigint {
  const layout = named[layoutName] ?? layoutName;
  const fields: Record<string, string> = {};
  const { pattern, names } = patternOf(layout);
  const found = pattern.exec(text);
  if (!found) throw failed(`parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse`);
  for (const [index, name] of names.entries())
    if (found[index + 1] !== undefined) fields[name] = found[index + 1] as string;
  const month = fields.monthName
    ? months.findIndex((name) => name.slice(0, 3).toLowerCase() === fields.monthName?.slice(0, 3).toLowerCase()) + 1
    : Number(fields.month ?? 1);
  const year = fields.shortYear
    ? Number(fields.shortYear) + (Number(fields.shortYear) >= 69 ? 1900 : 2000)
    : Number(fields.year ?? 0);
  const half = fields.half?.toUpperCase();
  const hour12 = Number(fields.hour12 ?? 0) % 12;
  const hour = fields.hour12 === undefined ? Number(fields.hour ?? 0) : hour12 + (half === 'PM' ? 12 : 0);
  const clock = {
    year,
    month: fields.yearDay ? 1 : month,
    day: Number(fields.yearDay ?? fields.day ?? 1),
    hour,
    minute: Number(fields.minute ?? 0),
    second: Number(fields.second ?? 0),
  };
  const longest = new Date(Date.UTC(2000, month, 0)).getUTCDate() - (month === 2 && !isLeap(year) ? 1 : 0);
  if (
    month < 1 ||
    month > 12 ||
    clock.day < 1 ||
    (!fields.yearDay && clock.day > longest) ||
    hour > 23 ||
    clock.minute > 59 ||
    clock.second > 59
  )
    throw failed(`parsing time ${JSON.stringify(text)}: day, month or clock out of range`);
  const fraction = BigInt((fields.fraction ?? '').slice(0, 9).padEnd(9, '0'));
  return (instant(clock, 'UTC') - BigInt(offsetSeconds(fields.offset))) * second + fraction;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function offsetSeconds(text: string | undefined): number {
  if (!text || text === 'Z') return 0;
  const digits = text.replace(/[^\d]/g, '').padEnd(6, '0');
  const size = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4)) * 60 + Number(digits.slice(4));
  return text.startsWith('-') ? -size : size;
}

const monthNames = `(${months.map((name) => `${name.slice(0, 3)}`).join('|')})`;
const readers: Readonly<Record<string, readonly [string, string]>> = {
  January: ['monthName', `(${months.join('|')})`],
  Jan: ['monthName', monthNames],
  Monday: ['', `(?:${days.join('|')})`],
  Mon: ['', `(?:${days.map((name) => name.slice(0, 3)).join('|')})`],
  MST: ['', '(?:[A-Z]{3,5}|[+-]\\d\\d)'],
  '2006': ['year', '(\\d{4})'],
  '06': ['shortYear', '(\\d\\d)'],
  '01': ['month', '(\\d\\d)'],
  '1': ['month', '(\\d\\d?)'],
  '02': ['day', '(\\d\\d)'],
  _2: ['day', ' ?(\\d\\d?)'],
  '2': ['day', '(\\d\\d?)'],
  '002': ['yearDay', '(\\d{3})'],
  __2: ['yearDay', ' {0,2}(\\d{1,3})'],
  '15': ['hour', '(\\d\\d)'],
  '03': ['hour12', '(\\d\\d)'],
  '3': ['hour12', '(\\d\\d?)'],
  '04': ['minute', '(\\d\\d)'],
  '4': ['minute', '(\\d\\d?)'],
  PM: ['half', '(AM|PM)'],
  pm: ['half', '(am|pm)'],
};

function patternOf(layout: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  let source = '';
  let from = 0;
  const add = (name: string, piece: string) => {
    if (name) names.push(name);
    source += piece;
  };
  const matches = [...layout.matchAll(pieces)];
  for (const [index, match] of matches.entries()) {
    const [piece] = match;
    source += layout.slice(from, match.index).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    from = match.index + piece.length;
    if (piece === '05' || piece === '5') {
      add('second', piece === '05' ? '(\\d\\d)' : '(\\d\\d?)');
      // A fraction is taken after the seconds, whether or not the layout names one.
      if (!/^[.,][09]/.test(matches[index + 1]?.[0] ?? '')) add('fraction', '(?:[.,](\\d+))?');
    } else if (/^[.,]0/.test(piece)) add('fraction', `[.,](\\d{${piece.length - 1}})`);
    else if (/^[.,]9/.test(piece)) add('fraction', '(?:[.,](\\d+))?');
    else if (/^[-Z]07/.test(piece)) {
      const digits = piece.includes(':') ? '\\d\\d:\\d\\d' : `\\d{${piece.replace(/[^\d]/g, '').length}}`;
      add('offset', piece.startsWith('Z') ? `(Z|[+-]${digits})` : `([+-]${digits})`);
    } else {
      const [name, reader] = readers[piece] as readonly [string, string];
      add(name, reader);
    }
  }
  source += layout.slice(from).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return { pattern: new RegExp(`^${source}$`), names };
}
