import assert from 'node:assert/strict';
import { narrowings } from './narrowings.ts';

const before = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: {
    id: { type: 'string', maxLength: 10 },
    size: { type: 'integer', minimum: 1 },
    colour: { enum: ['red', 'blue'] },
    shape: { $ref: '#/$defs/shape' },
    open: { type: 'object', additionalProperties: true },
  },
  $defs: {
    shape: {
      type: 'object',
      required: ['sides'],
      properties: { sides: { type: 'array', items: { type: 'string' } }, inner: { $ref: '#/$defs/shape' } },
    },
  },
};

type Changed = Record<string, unknown> & { properties: Record<string, unknown>; $defs: { shape: unknown } };

/** A copy of `before` with one thing changed. */
function changed(how: (schema: Changed) => void): Changed {
  const copy = structuredClone(before) as unknown as Changed;
  how(copy);
  return copy;
}

const wider: Record<string, (schema: Changed) => void> = {
  'an optional property': (schema) => (schema.properties.weight = { type: 'number' }),
  'another value': (schema) => (schema.properties.colour = { enum: ['green', 'blue', 'red'] }),
  'looser bounds': (schema) => (schema.properties.size = { type: 'number', minimum: 0 }),
  'a bound less': (schema) => (schema.properties.id = { type: 'string' }),
  'a demand less': (schema) => (schema.required = []),
  'other words for people': (schema) => (schema.description = 'A thing.'),
  'a deprecated property': (schema) => (schema.properties.colour = { ...before.properties.colour, deprecated: true }),
  'a name for anything in what was open': (schema) =>
    (schema.properties.open = {
      type: 'object',
      additionalProperties: true,
      properties: { old: { deprecated: true } },
    }),
  'a reference instead of what it leads to': (schema) => {
    Object.assign(schema.$defs, { id: before.properties.id });
    schema.properties.id = { $ref: '#/$defs/id' };
  },
};

const narrower: Record<string, [(schema: Changed) => void, string]> = {
  'a property less': [
    (schema) => Reflect.deleteProperty(schema.properties, 'size'),
    '/properties/size takes nothing any more',
  ],
  'a value less': [(schema) => (schema.properties.colour = { enum: ['red'] }), '/properties/colour/enum lacks "blue"'],
  'a demand': [(schema) => (schema.required = ['id', 'size']), '/required demands size'],
  'another type': [(schema) => (schema.properties.id = { type: 'integer' }), '/properties/id/type lacks "string"'],
  'a tighter bound': [
    (schema) => (schema.properties.id = { type: 'string', maxLength: 9 }),
    '/properties/id/maxLength is 9, and was 10',
  ],
  'a bound that was not there': [
    (schema) => (schema.properties.size = { type: 'integer', minimum: 1, maximum: 5 }),
    '/properties/size/maximum is 5, and was not there',
  ],
  'a pattern': [
    (schema) => (schema.properties.id = { type: 'string', maxLength: 10, pattern: '^a' }),
    '/properties/id/pattern is another than before',
  ],
  'a meaning for a name in what was open': [
    (schema) =>
      (schema.properties.open = {
        type: 'object',
        additionalProperties: true,
        properties: { old: { type: 'string' } },
      }),
    '/properties/open/properties/old/type is new',
  ],
  'a demand behind a reference to itself': [
    (schema) => (schema.$defs.shape = { ...before.$defs.shape, required: ['sides', 'inner'] }),
    '/properties/shape/required demands inner',
  ],
};

describe('narrowings', () => {
  for (const [what, how] of Object.entries(wider))
    it(`finds none in ${what}`, () => {
      assert.deepEqual(narrowings(before, changed(how)), []);
    });

  for (const [what, [how, expected]] of Object.entries(narrower))
    it(`names ${what}`, () => {
      assert.deepEqual(narrowings(before, changed(how)), [expected]);
    });

  it('looks for each branch of before among those of now, wherever they stand', () => {
    const text = { anyOf: [{ type: 'string' }, { type: 'integer' }] };

    assert.deepEqual(narrowings(text, { anyOf: [{ type: 'null' }, { type: 'integer' }, { type: 'string' }] }), []);
    assert.deepEqual(narrowings(text, { anyOf: [{ type: 'string' }, { type: 'null' }] }), [
      '/anyOf has no branch as wide as number 2 of before',
    ]);
  });

  it('takes another branch of oneOf for a danger: what fits both fits no more', () => {
    assert.deepEqual(narrowings({ oneOf: [{ type: 'string' }] }, { oneOf: [{ type: 'string' }, { type: 'null' }] }), [
      '/oneOf has other branches',
    ]);
  });
});
