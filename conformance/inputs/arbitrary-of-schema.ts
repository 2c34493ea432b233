// Values from a JSON Schema, as far as the words that specs use go. What is made is checked by ajv afterwards, so a word that is
// not known here costs values, and lets none through that does not fit.
import fc from 'fast-check';

type Schema = Readonly<Record<string, unknown>>;

const deepest = 4;
/** Letters of a string: as a rule, and where a schema allows more. */
const [usual, longest] = [60, 2_000];
/** Values in a row that do not fit a pattern. */
const mostMisses = 100;
const most = 6;
/** The moments that RFC 3339 has digits for. */
const writable = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') };

/** Values that probably fit `schema`, whose `$ref`s lead into `root`. */
export function arbitraryOf(schema: unknown, root: Schema, depth = 0): fc.Arbitrary<unknown> {
  if (typeof schema !== 'object' || schema === null) return fc.jsonValue({ maxDepth: 1 });
  const known = schema as Schema;
  if (typeof known.$ref === 'string') return arbitraryOf(followed(known.$ref, root), root, depth + 1);
  if (known.const !== undefined) return fc.constant(known.const);
  if (Array.isArray(known.enum)) return fc.constantFrom(...known.enum);
  const branches = known.oneOf ?? known.anyOf;
  if (Array.isArray(branches))
    return fc.oneof(
      ...branches.map((branch) => arbitraryOf({ ...without(known), ...branch, ...joined(known, branch) }, root, depth)),
    );
  if (Array.isArray(known.type))
    return fc.oneof(...known.type.map((type) => arbitraryOf({ ...known, type }, root, depth)));
  switch (known.type ?? (known.properties ? 'object' : undefined)) {
    case 'string':
      return stringOf(known);
    case 'integer':
      return integerOf(known);
    case 'number':
      return numberOf(known);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return arrayOf(known, root, depth);
    case 'object':
      return objectOf(known, root, depth);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function without({ oneOf: _, anyOf: __, ...rest }: Schema): Schema {
  return rest;
}

/** A branch adds to the properties that stand beside it. */
function joined(outer: Schema, branch: Schema): Schema {
  return {
    ...(outer.properties || branch.properties
      ? { properties: { ...(outer.properties as object), ...(branch.properties as object) } }
      : {}),
    required: [...((outer.required as string[]) ?? []), ...((branch.required as string[]) ?? [])],
  };
}

function followed(ref: string, root: Schema): unknown {
  return ref
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (at as Schema | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], root);
}

/** Mostly short ones, some long ones, and those at the very ends of what is allowed, where programs go wrong first. */
function stringOf({ pattern, format, minLength = 0, maxLength = longest }: Schema): fc.Arbitrary<unknown> {
  if (format === 'date-time') return fc.date({ ...writable, noInvalidDate: true }).map((date) => date.toISOString());
  if (format === 'uri') return fc.webUrl();
  if (format === 'uuid') return fc.uuid();
  const [least, most] = [minLength as number, Math.max(minLength as number, Math.min(maxLength as number, longest))];
  const between = (from: number, to: number) =>
    fc.string({ minLength: from, maxLength: to, unit: 'grapheme', size: 'max' });
  const plain = fc.oneof(
    { arbitrary: between(least, Math.max(least, Math.min(most, usual))), weight: 8 },
    { arbitrary: between(least, most), weight: 1 },
    { arbitrary: between(least, least), weight: 1 },
    { arbitrary: fc.constantFrom('a', ' ', '0').map((sign) => sign.repeat(most)), weight: 1 },
  );
  if (typeof pattern !== 'string') return plain;
  const matching = new RegExp(pattern, 'u');
  const made = madeFor(pattern)?.filter(fitting(matching));
  // Where next to no plain string fits, looking for one costs whole inputs.
  if (made && !fc.sample(plain, { seed: 1, numRuns: 50 }).some((text) => matching.test(text))) return made;
  const found = plain.filter(fitting(matching));
  return made ? fc.oneof(made, found) : found;
}

/** A look ahead or behind, as far as it holds no other group. */
const look = /\(\?<?[=!][^()]*\)/g;

/** Strings as `pattern` has them, but for its looks ahead and behind, which fast-check has no strings for; null for other such words. */
function madeFor(pattern: string): fc.Arbitrary<string> | null {
  try {
    return fc.stringMatching(new RegExp(pattern.replace(look, ''), 'u'));
  } catch {
    return null;
  }
}

/** What few values fit is not looked for for ever: a plain string that does not fit is left to the check afterwards. */
function fitting(pattern: RegExp): (text: string) => boolean {
  let misses = 0;
  return (text) => {
    if (pattern.test(text)) {
      misses = 0;
      return true;
    }
    misses += 1;
    return misses > mostMisses;
  };
}

function integerOf(schema: Schema): fc.Arbitrary<unknown> {
  const min = Math.ceil(Math.max(lowest(schema), -(2 ** 31)));
  const max = Math.max(min, Math.floor(Math.min(highest(schema), 2 ** 31 - 1)));
  return fc.oneof({ arbitrary: fc.integer({ min, max }), weight: 8 }, fc.constantFrom(min, max));
}

function numberOf(schema: Schema): fc.Arbitrary<unknown> {
  const { exclusiveMinimum, exclusiveMaximum } = schema;
  return fc.double({
    ...{ min: lowest(schema), max: highest(schema), noNaN: true, noDefaultInfinity: true },
    ...{ minExcluded: exclusiveMinimum !== undefined, maxExcluded: exclusiveMaximum !== undefined },
  });
}

function lowest({ minimum, exclusiveMinimum }: Schema): number {
  return (minimum ?? exclusiveMinimum ?? -1e6) as number;
}

function highest({ maximum, exclusiveMaximum }: Schema): number {
  return (maximum ?? exclusiveMaximum ?? 1e6) as number;
}

function arrayOf({ items, minItems = 0, maxItems = most, uniqueItems }: Schema, root: Schema, depth: number) {
  const bounds = {
    minLength: minItems as number,
    maxLength: Math.max(minItems as number, depth >= deepest ? 0 : Math.min(maxItems as number, most)),
  };
  const item = arbitraryOf(items, root, depth + 1);
  if (!uniqueItems) return fc.array(item, { ...bounds, size: 'max' });
  return fc.uniqueArray(item, {
    ...bounds,
    comparator: (left, right) => JSON.stringify(left) === JSON.stringify(right),
  });
}

function objectOf(schema: Schema, root: Schema, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const demanded = required as string[];
  const wanted = Object.entries(properties as Schema).filter(([name]) => depth < deepest || demanded.includes(name));
  const model = Object.fromEntries(wanted.map(([name, schema]) => [name, arbitraryOf(schema, root, depth + 1)]));
  const named = fc.record(model, {
    requiredKeys: demanded.filter((name) => Object.hasOwn(model, name)),
    noNullPrototype: true,
  });
  const others = othersOf(schema, root, depth);
  return others ? fc.tuple(others, named).map(([left, right]) => ({ ...left, ...right })) : named;
}

/** Properties whose names the schema leaves open, where it says something of them or asks for some; else null. */
function othersOf(schema: Schema, root: Schema, depth: number): fc.Arbitrary<Record<string, unknown>> | null {
  const { propertyNames = {}, additionalProperties = true, minProperties = 0, required = [] } = schema;
  const least = Math.max(0, (minProperties as number) - (required as string[]).length);
  if (additionalProperties === false || (typeof additionalProperties !== 'object' && least === 0)) return null;
  const names = stringOf(propertyNames as Schema).filter((name) => name !== '__proto__') as fc.Arbitrary<string>;
  const bounds = { minKeys: least, maxKeys: Math.max(least, depth < deepest ? 3 : 0), noNullPrototype: true };
  return fc.dictionary(names, arbitraryOf(additionalProperties, root, depth + 1), bounds);
}
