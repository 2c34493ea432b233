import assert from 'node:assert/strict';
import fc from 'fast-check';
import { unaryTest } from 'feelin';
import { isLiteral, literalsIn, literalTests, membershipTest } from './literal-tests.ts';

const numbers = fc.constantFrom('0', '1', '-2', '2.5', '10');
const item = fc.oneof(
  numbers,
  fc.constantFrom('"a"', '"b, c"', '""', 'true', 'false', 'null'),
  fc.tuple(fc.constantFrom('<', '<=', '>', '>='), numbers).map(([operator, bound]) => `${operator} ${bound}`),
  fc
    .tuple(fc.constantFrom('[', '(', ']'), fc.constantFrom(']', ')', '['))
    .map(([open, close]) => `${open}0..2.5${close}`),
);
const cell = fc
  .tuple(fc.array(item, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([items, negated]) => (negated ? `not(${items.join(', ')})` : items.join(', ')));

describe('A cell of literals', () => {
  it('takes the numbers that feelin takes', () => {
    fc.assert(
      fc.property(cell, fc.constantFrom(-3, -2, 0, 0.5, 1, 2, 2.5, 9, 10, 11), (text, input) => {
        assert.equal(literalTests(text)?.(input), unaryTest(text, { '?': input }).value);
      }),
    );
  });

  it('takes the strings, booleans and null that feelin takes, where nothing is compared with a number', () => {
    fc.assert(
      fc.property(cell, fc.constantFrom('a', 'b, c', '', 'other', null), (text, input) => {
        fc.pre(!/[<>.]/.test(text));
        assert.equal(literalTests(text)?.(input), unaryTest(text, { '?': input }).value);
      }),
    );
  });

  it('takes no text where numbers are compared, which feelin does at the bounds', () => {
    assert.equal(literalTests('<= 5')?.('x'), false);
    assert.equal(literalTests('[1..5]')?.('x'), false);
    assert.equal(literalTests('not(<= 5)')?.('x'), true);
  });

  it('says nothing of lists and contexts, nor of cells that are more', () => {
    assert.equal(literalTests('"a"')?.(['a']), undefined);
    for (const text of ['? > 1', 'x', '"a" + "b"', '"say \\"yes\\""', '[a..b]', 'not(x)', '-', ''])
      assert.equal(literalTests(text), null, text);
  });

  it('tells its literals', () => {
    assert.deepEqual(literalsIn('not("a", [1..2.5], > -3, true, null)'), ['a', 1, 2.5, -3, true, null]);
    assert.equal(literalsIn('x'), null);
  });

  it('is one literal or several', () => {
    assert.deepEqual(['"a"', '-2.5', 'null', '"a", "b"', '> 1', 'x', ''].map(isLiteral), [
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('list contains(?, a literal)', () => {
  it('takes the lists that feelin takes', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 1, '1', null, true), { maxLength: 3 });

    fc.assert(
      fc.property(fc.constantFrom('"a"', '1', 'true', '"1"'), list, (wanted, input) => {
        const cell = `list contains(?, ${wanted})`;
        assert.equal(membershipTest(cell)?.(input), unaryTest(cell, { '?': input }).value);
      }),
    );
  });

  it('says nothing of what is no list, nor of other cells', () => {
    assert.equal(membershipTest('list contains(?, "a")')?.(null), undefined);
    assert.equal(membershipTest('list contains(?, x)'), null);
    assert.equal(membershipTest('list contains(?, "a") or true'), null);
  });
});
