// Where a schema may refuse what an older one of the same contract took. It is careful: what it cannot see to be as wide as
// before it names, so that a minor of a contract only adds.
import { isDeepStrictEqual } from 'node:util';

type Words = Readonly<Record<string, unknown>>;
type Schema = boolean | Words;

interface Pair {
  readonly before: Words;
  readonly now: Words;
  /** JSON pointer into the new schema, `$ref`s followed. */
  readonly at: string;
}

/** They say nothing about what fits. */
export const prose = ['$schema', '$id', '$comment', 'title', 'description', 'examples', 'deprecated', 'readOnly'];

/** One sentence for each place where `next` may refuse what fits `before`; none where it surely does not. */
export function narrowings(before: Words, next: Words): string[] {
  const underWay = new Set<string>();
  return compare(before, next, '');

  function compare(old: Schema, wanted: Schema, at: string): string[] {
    const [was, is] = [followed(old, before), followed(wanted, next)];
    if (was === false || is === true) return [];
    if (is === false) return [`${at || '/'} takes nothing any more`];
    // A schema that contains itself is gone through once.
    const pair = JSON.stringify([old, wanted]);
    if (underWay.has(pair)) return [];
    underWay.add(pair);
    const both = { before: was === true ? {} : was, now: is, at };
    const keywords = new Set([...Object.keys(is), ...('properties' in both.before ? ['properties'] : [])]);
    const found = [...keywords]
      .filter((keyword) => !prose.includes(keyword) && keyword !== '$defs')
      .flatMap((keyword) => (rules[keyword] ?? unchanged(keyword))(both, compare));
    underWay.delete(pair);
    return found;
  }
}

type Compare = (old: Schema, wanted: Schema, at: string) => string[];
type Rule = (pair: Pair, compare: Compare) => string[];

const rules: Readonly<Record<string, Rule>> = {
  type({ before, now, at }) {
    const is = listOf(now.type);
    return missing('type', listOf(before.type), is?.includes('number') ? [...is, 'integer'] : is, at);
  },
  enum: ({ before, now, at }) => missing('enum', valuesOf(before), valuesOf(now), at),
  const: ({ before, now, at }) => missing('const', valuesOf(before), valuesOf(now), at),
  required: ({ before, now, at }) =>
    (now.required as string[])
      .filter((name) => !listOf(before.required)?.includes(name))
      .map((name) => `${at}/required demands ${name}`),
  uniqueItems: ({ before, now, at }) =>
    now.uniqueItems === true && before.uniqueItems !== true ? [`${at}/uniqueItems is new`] : [],
  properties: compareProperties,
  additionalProperties: ({ before, now, at }, compare) =>
    compare(rest(before), rest(now), `${at}/additionalProperties`),
  items: inner('items'),
  propertyNames: inner('propertyNames'),
  anyOf: ({ before, now, at }, compare) => branches('anyOf', before, now, at, compare),
  oneOf: ({ before, now, at }, compare) => [
    // A value that fitted one branch may fit a new one as well, and then fits no more.
    ...(listOf(before.oneOf)?.length === listOf(now.oneOf)?.length ? [] : [`${at}/oneOf has other branches`]),
    ...branches('oneOf', before, now, at, compare),
  ],
  ...Object.fromEntries(
    ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'].map((keyword) => [
      keyword,
      bound(keyword, (was, is) => is <= was),
    ]),
  ),
  ...Object.fromEntries(
    ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'].map((keyword) => [
      keyword,
      bound(keyword, (was, is) => is >= was),
    ]),
  ),
};

function unchanged(keyword: string): Rule {
  return ({ before, now, at }) =>
    isDeepStrictEqual(before[keyword], now[keyword]) ? [] : [`${at}/${keyword} is another than before`];
}

function bound(keyword: string, looser: (was: number, is: number) => boolean): Rule {
  return ({ before, now, at }) => {
    const [was, is] = [before[keyword], now[keyword]] as [number | undefined, number];
    return was !== undefined && looser(was, is) ? [] : [`${at}/${keyword} is ${is}, and was ${was ?? 'not there'}`];
  };
}

function inner(keyword: string): Rule {
  return ({ before, now, at }, compare) =>
    compare((before[keyword] ?? true) as Schema, now[keyword] as Schema, `${at}/${keyword}`);
}

/** A property that is new, or gone, stands beside what was said of properties without a name. */
function compareProperties({ before, now, at }: Pair, compare: Compare): string[] {
  const was = (before.properties ?? {}) as Record<string, Schema>;
  const is = (now.properties ?? {}) as Record<string, Schema>;
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) =>
    compare(was[name] ?? rest(before), is[name] ?? rest(now), `${at}/properties/${name}`),
  );
}

function rest({ additionalProperties }: Words): Schema {
  return (additionalProperties ?? true) as Schema;
}

/** Each branch of before has to be as wide as one of now. */
function branches(keyword: string, before: Words, now: Words, at: string, compare: Compare): string[] {
  const [was, is] = [listOf(before[keyword]), listOf(now[keyword])] as (Schema[] | undefined)[];
  if (!was) return [`${at}/${keyword} is new`];
  return was.flatMap((branch, index) =>
    is?.some((other) => compare(branch, other, at).length === 0)
      ? []
      : [`${at}/${keyword} has no branch as wide as number ${index + 1} of before`],
  );
}

function missing(keyword: string, was: unknown[] | undefined, is: unknown[] | undefined, at: string): string[] {
  if (!was) return [`${at}/${keyword} is new`];
  const lost = was.filter((value) => !is?.some((other) => isDeepStrictEqual(value, other)));
  return lost.map((value) => `${at}/${keyword} lacks ${JSON.stringify(value)}`);
}

function valuesOf({ const: only, enum: some }: Words): unknown[] | undefined {
  return only === undefined ? listOf(some) : [only];
}

function listOf(value: unknown): unknown[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value];
}

/** The schema that a `$ref` leads to, with what stands beside it. */
function followed(schema: Schema, root: Words): Schema {
  if (typeof schema === 'boolean' || typeof schema.$ref !== 'string') return schema;
  const { $ref, ...beside } = schema;
  const target = ($ref as string)
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (at as Words | undefined)?.[key], root);
  if (target === undefined) throw new Error(`${$ref} leads nowhere.`);
  return { ...(followed(target as Schema, root) as Words), ...beside };
}
