import assert from 'node:assert/strict';
import { judgeContract } from './judge-contract.ts';

type Schema = Record<string, unknown>;

function schema(version: string, properties: Schema, more: Schema = {}): Schema {
  return { $id: `urn:arbiter:thing.v1:${version}`, type: 'object', additionalProperties: false, properties, ...more };
}

const [text, number] = [{ type: 'string' }, { type: 'number' }];
const first = schema('1.0.0', { name: text });
const second = schema('1.1.0', { name: text, size: number });

function complaintsOf(present: Schema, ...released: Schema[]): readonly string[] {
  const byVersion = new Map(released.map((one) => [String(one.$id).split(':').at(-1) as string, one]));
  return judgeContract('thing.v1', present, byVersion).complaints;
}

describe('judgeContract', () => {
  it('takes what was released as it was, and the next minor that only adds', () => {
    assert.deepEqual(complaintsOf(second, first, second), []);
    assert.deepEqual(complaintsOf(second, first), []);
    assert.deepEqual(complaintsOf(first), []);
  });

  it('names a change under a version that was released, and says what to do', () => {
    assert.deepEqual(complaintsOf(schema('1.1.0', { name: text, size: number, colour: text }), first, second), [
      'thing.v1 has changed and is 1.1.0 still. End its $id in 1.2.0 and run: npm run generate. Only as long as no release of Arbiter has 1.1.0: remove contracts/released/thing.v1/1.1.0.json instead.',
    ]);
  });

  it('lets words for people be bettered, and takes deprecating for a change', () => {
    const described = { ...text, description: 'Of the thing.' };

    assert.deepEqual(complaintsOf(schema('1.0.0', { name: described }, { examples: [{}] }), first), []);
    assert.match(complaintsOf(schema('1.0.0', { name: { ...text, deprecated: true } }), first).join(), /has changed/);
  });

  it('does not take a property for words for people because of its name', () => {
    const titled = schema('1.0.0', { name: text, title: text });

    assert.match(complaintsOf(titled, first).join(), /has changed/);
  });

  it('names a minor that refuses what an older one took', () => {
    assert.deepEqual(complaintsOf(schema('1.2.0', { size: number }), first, second), [
      'thing.v1 1.2.0 may refuse what fits 1.0.0: /properties/name takes nothing any more. A minor only adds; anything else is thing.v2.',
      'thing.v1 1.2.0 may refuse what fits 1.1.0: /properties/name takes nothing any more. A minor only adds; anything else is thing.v2.',
    ]);
  });

  it('names a version that does not come next, or comes back', () => {
    assert.deepEqual(complaintsOf(schema('1.3.0', { name: text, size: number }), first, second), [
      'thing.v1 is 1.3.0. Expected: 1.2.0, its next minor.',
    ]);
    assert.deepEqual(complaintsOf(first, first, second), [
      'thing.v1 is 1.0.0, and 1.1.0 was released. Expected: 1.1.0, or 1.2.0 for a change.',
    ]);
  });

  it('names an $id that holds no version of this contract', () => {
    for (const $id of ['urn:arbiter:thing.v1', 'urn:arbiter:thing.v1:2.0.0', 'urn:arbiter:other.v1:1.0.0', undefined])
      assert.deepEqual(complaintsOf({ ...first, $id }), [
        `thing.v1 has the $id ${$id}. Expected: urn:arbiter:thing.v1:1.N.0.`,
      ]);
  });
});
