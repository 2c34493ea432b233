import assert from 'node:assert/strict';
import { contractSchema } from './check.ts';
import { deprecatedWords, deprecatedWordsIn } from './deprecated-words.ts';
import type { PluginSpec } from './generated/plugin.v1.ts';

const [spec] = contractSchema('plugin.v1').examples as [PluginSpec];

describe('deprecated words', () => {
  it('are none in a spec without them', () => {
    assert.deepEqual(deprecatedWordsIn('plugin.v1', { ...spec, errorHandling: { retry: {}, mine: 1 } }), []);
  });

  it('are named with what to do instead', () => {
    const old: PluginSpec = { ...spec, errorHandling: { retryPolicy: { maxRetries: 3 } } };

    assert.deepEqual(deprecatedWordsIn('plugin.v1', old), [
      {
        word: 'errorHandling.retryPolicy',
        instead: 'Use errorHandling.retry instead: nothing reads this.',
      },
    ]);
  });

  it('are found behind references, in lists and below names that are left open', () => {
    const schema = {
      properties: { all: { type: 'array', items: { $ref: '#/$defs/one' } } },
      additionalProperties: { $ref: '#/$defs/one' },
      $defs: { one: { properties: { old: { deprecated: true, description: 'Use new.' }, new: {} } } },
    };

    const found = deprecatedWords(schema, { all: [{ new: 1 }, { old: 1 }], other: { old: { old: 1 } }, old: {} });

    assert.deepEqual(
      found.map(({ word }) => word),
      ['all[1].old', 'other.old'],
    );
  });

  it('are taken by their own names only', () => {
    const schema = { properties: { old: { deprecated: true } } };

    assert.deepEqual(deprecatedWords(schema, JSON.parse('{"constructor": 1, "__proto__": {"old": 1}}')), []);
    assert.deepEqual(deprecatedWords(schema, { old: null }), [{ word: 'old', instead: 'Leave it out.' }]);
  });
});
