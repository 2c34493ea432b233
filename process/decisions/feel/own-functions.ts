// Functions of FEEL that feelin lacks or does differently from the standard. They are handed over as variables, which
// come before feelin's own; where its grammar fixes a name, the name is exchanged in the text first.
import { FeelFunction } from 'feelin';
import { calculations } from './calculation.ts';
import { exchangeNames, type Kind, type Scope } from './exchange-names.ts';
import { intervalFunctions } from './intervals.ts';
import { listFunctions } from './lists.ts';
import { numberFunctions } from './numbers.ts';
import type { OwnFunction } from './own-function.ts';
import { exchangeRangeTypes, rangeTypes } from './range-types.ts';
import { stringFunctions } from './strings.ts';
import { temporalFunctions } from './temporal.ts';
import { type TypeName, typeNameOf } from './values.ts';

const own: Readonly<Record<string, OwnFunction>> = {
  ...calculations,
  ...intervalFunctions,
  ...listFunctions,
  ...numberFunctions,
  ...stringFunctions,
  ...temporalFunctions,
};
const functions = Object.fromEntries(
  Object.entries(own).map(([name, [parameters, call]]) => [name, new FeelFunction(call, [...parameters])]),
);

/** An expression as feelin is to read it, and the functions to hand over with it. */
export interface Prepared {
  readonly source: string;
  readonly functions: Readonly<Record<string, object>>;
}

const temporal = /\b(?:date|time|years|duration|now|today)\b|@/;
const arithmetic = /[-+*/]|\.\./;
const temporalTypes: readonly TypeName[] = [
  'date',
  'time',
  'date and time',
  'years and months duration',
  'days and time duration',
];

/**
 * How feelin is to read a text, by the scope: its variables may have names with operators in them, and where none is a
 * date, a time or a duration, and the input of a cell neither, numbers are left to feelin's own operators, which are faster.
 */
export function ownFunctionsIn(given: string, kind: Kind): (scope: Scope, input?: unknown) => Prepared {
  const text = exchangeRangeTypes(given);
  const isTemporal = temporal.test(text);
  const calculates = arithmetic.test(text);
  const plain = prepared(text);
  if (!isTemporal && !calculates) return () => plain;

  const known = new Map<string, Prepared>();
  return (scope, input) => {
    if (!isTemporal && !holdsTemporal(scope) && !isOrHoldsTemporal(input)) return plain;
    const names = namesWithOperators(scope);
    let found = known.get(names);
    if (!found) known.set(names, (found = prepared(exchangeNames(text, kind, calculates, scope))));
    return found;
  };
}

function prepared(source: string): Prepared {
  const called = Object.entries({ ...functions, ...rangeTypes }).filter(([name]) => source.includes(name));
  return { source, functions: Object.fromEntries(called) };
}

/** Variables and their entries: what an expression most likely calculates with. */
function* valuesIn(scope: Scope): Iterable<[name: string, value: unknown]> {
  for (const [name, value] of Object.entries(scope)) {
    yield [name, value];
    const inner: unknown = Array.isArray(value) ? value[0] : value;
    if (typeNameOf(inner) === 'context') yield* Object.entries(inner as Scope);
    else if (inner !== value) yield ['', inner];
  }
}

function holdsTemporal(scope: Scope): boolean {
  for (const name in scope) if (isOrHoldsTemporal(scope[name])) return true;
  return false;
}

/** As far as `valuesIn` looks. */
function isOrHoldsTemporal(value: unknown): boolean {
  // Most values are none of these, and this is asked at every question.
  if (typeof value !== 'object' || value === null) return false;
  for (const [, each] of valuesIn({ value })) if (temporalTypes.includes(typeNameOf(each))) return true;
  return false;
}

function namesWithOperators(scope: Scope): string {
  const names = new Set<string>();
  for (const [name] of valuesIn(scope)) if (/[^\w]/.test(name)) names.add(name);
  return [...names].join('\n');
}
