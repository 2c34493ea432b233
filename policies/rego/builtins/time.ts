import { type BuiltinContext, type Builtins, countAt, failed, mistyped, pure, stringAt } from '../builtin.ts';
import { integer, type Value } from '../values.ts';
import { formatTime, parseTime } from './time-layout.ts';
import { civil, instant, offsetAt } from './time-zone.ts';

const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const second = 1_000_000_000n;

function inRange(ns: bigint): Value {
  if (ns < -(2n ** 63n) || ns >= 2n ** 63n) throw failed('time outside of valid range');
  return integer(ns);
}

/** Nanoseconds, alone or with a time zone and a layout. */
function momentAt(args: readonly Value[], position: number): { ns: bigint; zone: string; layout: string } {
  const given = args[position - 1] as Value;
  const [ns, zone, layout] = Array.isArray(given) ? (given as readonly Value[]) : [given];
  if (typeof ns !== 'number' && typeof ns !== 'bigint')
    throw mistyped(position, 'either number (ns) or [number (ns), string (tz)]', given);
  if ((zone !== undefined && typeof zone !== 'string') || (layout !== undefined && typeof layout !== 'string'))
    throw mistyped(position, 'an array with a zone and a layout', given);
  if (typeof ns === 'number' && !Number.isInteger(ns)) throw failed('timestamp is not an integer');
  inRange(BigInt(ns));
  return { ns: BigInt(ns), zone: (zone as string) || 'UTC', layout: (layout as string) || 'RFC3339Nano' };
}

function local(args: readonly Value[], position: number) {
  const { ns, zone } = momentAt(args, position);
  return civil(ns, offsetAt(ns, zone));
}

function duration(text: string): bigint {
  const [, sign, rest] = /^([+-]?)(.*)$/s.exec(text) as unknown as [string, string, string];
  if (rest === '0') return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest))
    throw failed(`time: invalid duration ${JSON.stringify(text)}`);
  let total = 0n;
  for (const [, whole, fraction, unit] of rest.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const factor = BigInt(units[unit as string] as number);
    total += BigInt(whole || 0) * factor;
    if (fraction) total += (BigInt(fraction) * factor) / 10n ** BigInt(fraction.length);
  }
  if (total >= 2n ** 63n) throw failed(`time: invalid duration ${JSON.stringify(text)}`);
  return sign === '-' ? -total : total;
}

/** Years, months, days, hours, minutes and seconds between two moments. */
function difference(args: readonly Value[]): Value {
  let [from, to] = [momentAt(args, 1), momentAt(args, 2)];
  const zone = from.zone;
  if (from.ns > to.ns) [from, to] = [to, from];
  const [a, b] = [from, to].map(({ ns }) => civil(ns, offsetAt(ns, zone))) as [
    ReturnType<typeof civil>,
    ReturnType<typeof civil>,
  ];
  const parts = [
    b.year - a.year,
    b.month - a.month,
    b.day - a.day,
    b.hour - a.hour,
    b.minute - a.minute,
    b.second - a.second,
  ];
  const lengths = [0, 12, new Date(Date.UTC(a.year, a.month, 0)).getUTCDate(), 24, 60, 60];
  for (let i = 5; i > 0; i--)
    if (parts[i]! < 0) {
      parts[i]! += lengths[i]!;
      parts[i - 1]!--;
    }
  return parts;
}

export const time: Builtins = {
  'time.now_ns': { arity: 0, isImpure: true, run: (_args, context: BuiltinContext) => integer(context.now()) },
  'time.parse_ns': pure(2, (args) => inRange(parseTime(stringAt(args, 1), stringAt(args, 2)))),
  'time.parse_rfc3339_ns': pure(1, (args) => inRange(parseTime('RFC3339', stringAt(args, 1)))),
  'time.parse_duration_ns': pure(1, (args) => integer(duration(stringAt(args, 1)))),
  'time.format': pure(1, (args) => {
    const { ns, zone, layout } = momentAt(args, 1);
    return formatTime(ns, zone, layout);
  }),
  'time.date': pure(1, (args) => {
    const { year, month, day } = local(args, 1);
    return [year, month, day];
  }),
  'time.clock': pure(1, (args) => {
    const { hour, minute, second: seconds } = local(args, 1);
    return [hour, minute, seconds];
  }),
  'time.weekday': pure(1, (args) => weekdays[local(args, 1).weekday] as string),
  'time.add_date': pure(4, (args) => {
    const { ns, zone } = momentAt(args, 1);
    const at = civil(ns, offsetAt(ns, zone));
    const moved = {
      ...at,
      year: at.year + countAt(args, 2),
      month: at.month + countAt(args, 3),
      day: at.day + countAt(args, 4),
    };
    if (Math.abs(moved.year) > 5000) throw failed('time outside of valid range');
    return inRange(instant(moved, zone) * second + at.fraction);
  }),
  'time.diff': pure(2, difference),
};
