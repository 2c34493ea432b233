// Inputs for a tool: so many that fit its schema, and so many that do not. The same seed gives the same ones.
import fc from 'fast-check';
import { generateSync } from 'json-schema-faker';
import { compileSchema } from '../../contracts/check.ts';
import { arbitraryOf } from './arbitrary-of-schema.ts';

export type Input = Record<string, unknown>;

interface Wanted {
  readonly seed: number;
  readonly count: number;
}

/** How many are tried for each that is wanted. */
const tries = 20;

/** Fewer than `count` where so many could not be made. */
export function validInputs(schema: Record<string, unknown>, { seed, count }: Wanted): Input[] {
  const misfitsOf = compileSchema(schema);
  const found: Input[] = [];
  for (let round = 0; round < tries && found.length < count; round++) {
    const made = fc.sample(arbitraryOf(schema, schema), { seed: seed + round, numRuns: count });
    found.push(...made.map(asJson).filter(fits));
  }
  // What a schema says in other words, such as if and allOf, json-schema-faker understands, though its values are tamer.
  for (let round = 0; round < count * tries && found.length < count; round++)
    found.push(...[fake(schema, seed + round)].map(asJson).filter(fits));
  return found.slice(0, count);

  function fits(value: unknown): value is Input {
    return isInput(value) && misfitsOf(value).length === 0;
  }
}

function fake(schema: Record<string, unknown>, seed: number): unknown {
  try {
    return generateSync(schema as never, { seed });
  } catch {
    return undefined;
  }
}

/** Each is a valid input with one thing wrong, so that what refuses it is what it is about. */
export function invalidInputs(schema: Record<string, unknown>, { seed, count }: Wanted): Input[] {
  const misfitsOf = compileSchema(schema);
  const bases = validInputs(schema, { seed, count: Math.min(count, 200) });
  if (bases.length === 0) return [];
  const broken = fc
    .tuple(fc.constantFrom(...bases), fc.nat(), fc.constantFrom(...faults))
    .map(([base, at, spoil]) => spoil(base, at));
  const found: Input[] = [];
  for (let round = 0; round < tries && found.length < count; round++) {
    const made = fc.sample(broken, { seed: seed + round, numRuns: count });
    found.push(...made.filter((value) => misfitsOf(value).length > 0));
  }
  return found.slice(0, count);
}

const odd: readonly unknown[] = [null, true, -1.5, 2 ** 40, '', 'x'.repeat(20_000), [], {}, [[]], { a: {} }];

const faults: readonly ((base: Input, at: number) => Input)[] = [
  (base, at) => Object.fromEntries(Object.entries(base).filter((_, index, all) => index !== at % all.length)),
  (base, at) => ({ ...base, [`unknown-${at % 1_000}`]: at }),
  (base, at) => replaced(base, at, odd[at % odd.length]),
  (base, at) => replaced(base, at, [Object.values(base)[at % Math.max(1, Object.keys(base).length)]]),
];

function replaced(base: Input, at: number, value: unknown): Input {
  const keys = Object.keys(base);
  return keys.length === 0 ? { unknown: value } : { ...base, [keys[at % keys.length] as string]: value };
}

/** As it comes out of a file: what JSON cannot say is not asked. */
function asJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text?.isWellFormed() && !/\\ud[89a-f]/i.test(text) && !text.includes('"__proto__"')
    ? JSON.parse(text)
    : undefined;
}

function isInput(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
