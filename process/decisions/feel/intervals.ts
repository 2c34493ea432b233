// Relations of points and ranges (DMN 1.5, table 78), and ranges read from text.
import { evaluate, FeelRange } from 'feelin';
import { compare } from './call-feelin.ts';
import type { OwnFunction } from './own-function.ts';

interface Range {
  readonly start: unknown;
  readonly end: unknown;
  readonly 'start included': boolean;
  readonly 'end included': boolean;
}

const less = (a: unknown, b: unknown): boolean => compare(a, '<', b);
const same = (a: unknown, b: unknown): boolean => compare(a, '=', b);
const isRange = (value: unknown): value is Range => value instanceof FeelRange;

const startsWithin = (a: Range, b: Range): boolean =>
  less(b.start, a.start) || (same(a.start, b.start) && (!a['start included'] || b['start included']));
const endsWithin = (a: Range, b: Range): boolean =>
  less(a.end, b.end) || (same(a.end, b.end) && (!a['end included'] || b['end included']));
/** Whether the start of `b` lies in `a`, as far as the end of `a` says. */
const reaches = (a: Range, b: Range): boolean =>
  less(b.start, a.end) || (same(a.end, b.start) && a['end included'] && b['start included']);

function overlapsBefore(a: Range, b: Range): boolean {
  const earlier = less(a.start, b.start) || (same(a.start, b.start) && a['start included'] && !b['start included']);
  return earlier && reaches(a, b) && endsWithin(a, b);
}

function overlapsAfter(a: Range, b: Range): boolean {
  const later = less(b.start, a.start) || (same(b.start, a.start) && b['start included'] && !a['start included']);
  const beyond = less(b.end, a.end) || (same(b.end, a.end) && (!b['end included'] || a['end included']));
  return later && reaches(b, a) && beyond;
}

function finishes(a: unknown, b: Range): boolean {
  if (!isRange(a)) return b['end included'] && same(a, b.end);
  return a['end included'] === b['end included'] && same(a.end, b.end) && startsWithin(a, b);
}

function starts(a: unknown, b: Range): boolean {
  if (!isRange(a)) return b['start included'] && same(a, b.start);
  return a['start included'] === b['start included'] && same(a.start, b.start) && endsWithin(a, b);
}

function during(a: unknown, b: Range): boolean | null {
  if (isRange(a)) return startsWithin(a, b) && endsWithin(a, b);
  return (evaluate('a in b', { a, b }).value ?? null) as boolean | null;
}

function coincides(a: unknown, b: unknown): boolean {
  if (!isRange(a) || !isRange(b)) return same(a, b);
  const included = a['start included'] === b['start included'] && a['end included'] === b['end included'];
  return included && same(a.start, b.start) && same(a.end, b.end);
}

type Relation = (a: never, b: never) => unknown;
/** Null where an argument is missing or is no range where one is needed. */
function relation(
  parameters: readonly [string, string],
  ranges: readonly [boolean, boolean],
  holds: Relation,
): OwnFunction {
  return [
    parameters,
    (a: unknown, b: unknown) => {
      const fits = [a, b].every((value, index) => (ranges[index] ? isRange(value) : (value ?? null) !== null));
      return fits ? holds(a as never, b as never) : null;
    },
  ];
}

// A range between literals: what text may hold is no program.
const literal = '(?:-?[\\d.]+|@?"[^"]*"|(?:date|time|date and time|duration|years and months duration)\\("[^"]*"\\))';
const rangeText = new RegExp(`^\\s*([[(\\]])\\s*(${literal})?\\s*\\.\\.\\s*(${literal})?\\s*([\\])[])\\s*$`);

function range(from: unknown): unknown {
  const [, open, start, end, close] = (typeof from === 'string' && rangeText.exec(from)) || [];
  if (!open || (!start && !end)) return null;
  if ((!start && open === '[') || (!end && close === ']')) return null;
  const bound = (text: string | undefined): unknown => (text ? (evaluate(text, {}).value ?? undefined) : null);
  const [first, last] = [bound(start), bound(end)];
  if (first === undefined || last === undefined) return null;
  if (first !== null && last !== null && !same(first, last) && !less(first, last)) return null;
  const text = `${open === '[' ? '[' : '('}first..last${close === ']' ? ']' : ')'}`;
  return evaluate(text, { first, last }).value ?? null;
}

export const intervalFunctions: Readonly<Record<string, OwnFunction>> = {
  range: [['from'], range],
  'overlaps before': relation(['range1', 'range2'], [true, true], overlapsBefore),
  'overlaps after': relation(['range1', 'range2'], [true, true], overlapsAfter),
  finishes: relation(['point', 'range'], [false, true], finishes),
  'finished by': relation(['range', 'point'], [true, false], (a: never, b: unknown) => finishes(b, a)),
  during: relation(['point', 'range'], [false, true], during),
  starts: relation(['point', 'range'], [false, true], starts),
  'started by': relation(['range', 'point'], [true, false], (a: never, b: unknown) => starts(b, a)),
  coincides: relation(['point1', 'point2'], [false, false], coincides),
};
