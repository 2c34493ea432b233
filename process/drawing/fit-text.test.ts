import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linesOf, widthOf } from './fit-text.ts';

describe('Text in a picture', () => {
  it('breaks between words', () => {
    assert.deepEqual(linesOf('Check the account', 80, 13, 3), ['Check the', 'account']);
    assert.deepEqual(linesOf('Check the account', 400, 13, 3), ['Check the account']);
    assert.deepEqual(linesOf(' ', 80, 13, 3), []);
  });

  it('breaks a word that is too wide after a mark, or where it must', () => {
    assert.deepEqual(linesOf('steps.reserve.status', 110, 13, 3), ['steps.reserve.', 'status']);
    assert.equal(linesOf('Donaudampfschiff', 60, 13, 9).join(''), 'Donaudampfschiff');
  });

  it('says with an ellipsis that there was more', () => {
    assert.deepEqual(linesOf('one two three four', 40, 13, 2), ['one', 'two…']);
  });

  it('is never wider than its room, and loses nothing that fits', () => {
    const word = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abWil.-_é漢') });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.integer({ min: 30, max: 200 }), (parts, width) => {
        const lines = linesOf(parts.join(' '), width, 13, 99);
        for (const line of lines) assert.ok(widthOf(line, 13) <= width, line);
        assert.equal(lines.join('').replaceAll(' ', ''), parts.join(''));
      }),
    );
  });
});
