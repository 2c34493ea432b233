import assert from 'node:assert/strict';
import { compileSchema } from '../../contracts/check.ts';
import { invalidInputs, validInputs } from './generate-inputs.ts';

const schemas: Record<string, Record<string, unknown>> = {
  'lengths and patterns': {
    type: 'object',
    required: ['id'],
    additionalProperties: false,
    properties: {
      id: { type: 'string', pattern: '^[0-9a-f]{8}$' },
      text: { type: 'string', minLength: 3, maxLength: 500 },
      when: { type: 'string', format: 'date-time' },
    },
  },
  'numbers and lists': {
    type: 'object',
    required: ['sizes'],
    properties: {
      sizes: { type: 'array', minItems: 1, maxItems: 3, uniqueItems: true, items: { type: 'integer', minimum: 5 } },
      share: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
    },
  },
  'choices and references': {
    type: 'object',
    required: ['shape'],
    properties: { shape: { $ref: '#/$defs/shape' } },
    $defs: {
      shape: {
        oneOf: [
          {
            type: 'object',
            required: ['radius'],
            properties: { radius: { type: 'number' } },
            additionalProperties: false,
          },
          { const: 'none' },
        ],
      },
    },
  },
  'a pattern that looks ahead': {
    type: 'object',
    required: ['file'],
    properties: { file: { type: 'string', pattern: '^(?!.*x)[a-z]{3}-(?=[13579])[0-9]{4}$' } },
  },
  'names that are left open': {
    type: 'object',
    minProperties: 2,
    propertyNames: { pattern: '^[a-z]+$' },
    additionalProperties: { type: 'integer' },
  },
  'words that have no arbitrary': {
    type: 'object',
    allOf: [
      { required: ['name'], properties: { name: { type: 'string', minLength: 2 } } },
      { required: ['size'], properties: { size: { type: 'integer', minimum: 3, not: { const: 4 } } } },
    ],
  },
};

describe('generated inputs', () => {
  for (const [what, schema] of Object.entries(schemas)) {
    it(`fit a schema with ${what}, or do not, as wanted, and the seed decides`, () => {
      const misfitsOf = compileSchema(schema);

      const valid = validInputs(schema, { seed: 3, count: 100 });
      const invalid = invalidInputs(schema, { seed: 3, count: 100 });

      assert.deepEqual([valid.length, invalid.length], [100, 100]);
      assert.ok(valid.every((input) => misfitsOf(input).length === 0));
      assert.ok(invalid.every((input) => misfitsOf(input).length > 0));
      assert.deepEqual(validInputs(schema, { seed: 3, count: 100 }), valid);
      assert.notDeepEqual(validInputs(schema, { seed: 4, count: 100 }), valid);
    });
  }

  it('reach both ends of what a schema allows', () => {
    const schema = {
      type: 'object',
      required: ['text', 'count'],
      properties: { text: { type: 'string', maxLength: 300 }, count: { type: 'integer', minimum: 2, maximum: 90 } },
    };

    const inputs = validInputs(schema, { seed: 1, count: 200 }) as { text: string; count: number }[];

    const lengths = inputs.map(({ text }) => [...text].length);
    assert.deepEqual([Math.min(...lengths), Math.max(...lengths)], [0, 300]);
    const counts = inputs.map(({ count }) => count);
    assert.deepEqual([Math.min(...counts), Math.max(...counts)], [2, 90]);
  });
});
