import assert from 'node:assert/strict';
import { check, compileSchema } from '../../contracts/check.ts';
import { type Phrase, phrase, suggestion } from './phrase.ts';

function ofTask(value: unknown): Phrase {
  const checked = check('task.v1', value);
  assert.ok(!checked.ok);
  return phrase(checked.misfits);
}

function of(schema: object, value: unknown): Phrase {
  return phrase(compileSchema(schema)(value));
}

describe('a phrase', () => {
  it('names an unknown key, and the nearest right one', () => {
    const { detail, hint, unknownKey, expectation } = ofTask({ tool: 'x', pirority: 1 });

    assert.equal(detail, 'the top has an unknown key "pirority"');
    assert.equal(hint, 'Did you mean "priority"?');
    assert.equal(unknownKey, 'pirority');
    assert.match(expectation, /^Only id, tool, request, /);
  });

  it('advises to remove an unknown key that is near to nothing', () => {
    assert.equal(ofTask({ tool: 'x', zzzzzzzz: 1 }).hint, 'Remove "zzzzzzzz".');
  });

  it('says where an unknown key is', () => {
    const { detail, hint } = ofTask({ tool: 'x', retry: { maxattempts: 3 } });

    assert.equal(detail, '/retry has an unknown key "maxattempts"');
    assert.equal(hint, 'Did you mean "maxAttempts"?');
  });

  it('says that no key is known where none is', () => {
    const schema = { type: 'object', additionalProperties: false };
    assert.equal(of(schema, { a: 1 }).expectation, 'No keys');
  });

  it('names a missing key', () => {
    assert.deepEqual(of({ type: 'object', required: ['path'] }, {}), {
      detail: 'the top has no "path"',
      expectation: 'The key "path"',
      hint: 'Add it.',
    });
  });

  it('says what a value is and what it should be', () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' } } };
    const found = (n: unknown) => of(schema, { n }).detail;

    assert.equal(found('1'), '/n is a string');
    assert.equal(found(null), '/n is null');
    assert.equal(found([]), '/n is an array');
    assert.equal(found({}), '/n is an object');
    assert.equal(of(schema, { n: true }).expectation, 'an integer');
    assert.equal(of({ type: ['string', 'null'] }, 1).expectation, 'a string or null');
  });

  it('takes the first sentence of the description as its hint', () => {
    assert.equal(ofTask({ tool: 'x', whatIf: 'yes' }).hint, 'Show what would change, and change nothing.');
  });

  it('lists what a value may be, and the nearest of it', () => {
    const { detail, expectation, hint } = ofTask({ tool: 'x', retry: { strategy: 'exponentional' } });

    assert.equal(detail, '/retry/strategy is "exponentional"');
    assert.equal(expectation, 'One of linear, exponential, fibonacci');
    assert.equal(hint, 'Did you mean "exponential"?');
  });

  it('says that a task has both a tool and a request', () => {
    assert.deepEqual(ofTask({ tool: 'x', request: 'y' }), {
      detail: 'it has both a tool and a request',
      expectation: 'Either "tool" or "request"',
      hint: 'Remove one of them.',
    });
  });

  it('says of a oneOf what its branches say, if they say anything', () => {
    assert.equal(ofTask({ tool: 'x', workspace: 5 }).detail, '/workspace is a number');
    assert.equal(ofTask({}).detail, 'the top has no "tool"');
  });

  it('falls back to what ajv says', () => {
    const { detail, expectation } = ofTask({ tool: 'x', priority: 11 });

    assert.equal(detail, '/priority is 11');
    assert.equal(expectation, 'Must be <= 10');
  });

  it('shortens what is long', () => {
    const { detail } = ofTask({ tool: 'x', id: '!'.repeat(500) });
    assert.equal(detail, `/id is "${'!'.repeat(59)}…`);
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, {}]));
    const schema = { type: 'object', additionalProperties: false, properties: many };
    assert.match(of(schema, { zzzzzz: 1 }).expectation, /, k11, …$/);
  });

  it('suggests what is near, whatever its case', () => {
    assert.equal(suggestion('GIT-STATUS', ['git-status', 'git-log']), 'Did you mean "git-status"?');
    assert.equal(suggestion('completely-else', ['git-status']), '');
    assert.equal(suggestion('x', []), '');
  });
});
