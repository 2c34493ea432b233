import assert from 'node:assert/strict';
import { compileTests } from './cell.ts';
import { compileExpression } from './expression.ts';
import { typeNameOf } from './values.ts';

function valueOfText(text: string, scope: Record<string, unknown> = {}): unknown {
  const value = compileExpression(text)(scope);
  return ['null', 'boolean', 'number', 'string', 'list', 'context'].includes(typeNameOf(value)) ? value : String(value);
}

describe('FEEL, where feelin alone differs from the standard,', () => {
  const cases: [text: string, value: unknown][] = [
    ['1 / 0', null],
    ['log(0)', null],
    ['1 +', null],
    ['string(date("-2017-12-31"))', '-2017-12-31'],
    ['string(@"-2021-01-02T10:10:10+11:00")', '-2021-01-02T10:10:10+11:00'],
    ['date("2017-13-01")', null],
    ['date(2017, 2, 28)', '2017-02-28'],
    ['date(year: 2017, month: 2, day: 28)', '2017-02-28'],
    ['time("11:22:33+00:00")', '11:22:33Z'],
    ['time("13:20:00+19:00")', null],
    ['time(11, 59, 45, duration("PT0H"))', '11:59:45Z'],
    ['time("13:20:00+02:00@Europe/Paris")', null],
    ['date and time("2017-12-31T13:20:00-19:00")', null],
    ['date and time(date("2017-01-01"), time("10:00:00"))', '2017-01-01T10:00:00'],
    ['years and months duration(date("2011-12-22"), date("2013-08-24"))', 'P1Y8M'],
    ['years and months duration(from: date("2013-08-24"), to: date("2011-12-22"))', '-P1Y8M'],
    ['"date(1)" + string(1)', 'date(1)1'],
    ['matches("helloworld", " hello[ ]?world", "x")', true],
    ['matches("X", "[A-Z-[OI]]", "i")', true],
    ['matches("O", "[A-Z-[OI]]", "i")', false],
    ['matches("a", "a", "g")', null],
    ['replace("a b", "[a-z]", "#", "x")', '# #'],
    ['list replace([1, 2, 3], -1, 4)', [1, 2, 4]],
    ['list replace([1, 2, 3], 4, 4)', null],
    ['list replace([2, 4], function(item, newItem) item < newItem, 3)', [3, 4]],
    ['list replace([2], function(item, newItem) item, 3)', null],
    ['round half up(5.5, 6177)', null],
    ['decimal(1.115, 2)', 1.12],
    ['2 in range("[1..3]")', true],
    ['range("[a..b]")', null],
    ['range("[1..3]") instance of range<number>', true],
    ['["a".."c"] instance of range< string >', true],
    ['[@"P1D"..@"P2D"] instance of range<days and time duration>', true],
    ['(< @"2021-01-01") instance of range<date>', true],
    ['[1..3] instance of range<string>', false],
    ['3 instance of range<number>', false],
    ['{start: 1, end: 3} instance of range<number>', false],
    ['during([4..6], [1..10])', true],
    ['during(4, (4..10])', false],
    ['overlaps before([1..5], (3..8])', true],
    ['overlaps before([1..5], (5..8])', false],
    ['overlaps after([3..8], [1..5])', true],
    ['finishes(10, [1..10])', true],
    ['finished by([1..10], [5..10])', true],
    ['starts([1..5], [1..10])', true],
    ['started by([1..10], 1)', true],
    ['coincides([1..5], [1..5))', false],
    ['starts(1, 2)', null],
    ['@"P1D" * 2', 'P2D'],
    ['2.5 * duration("PT23H")', 'P2DT9H30M'],
    ['@"P10Y11M" / 2.5', 'P4Y4M'],
    ['@"P1Y" / @"P6M"', 2],
    ['@"P1D" / 0', null],
    ['@"P1D" * @"P1D"', null],
    ['-duration("P1Y")', '-P1Y'],
    ['@"2021-01-02" - @"PT1H"', '2021-01-01'],
    ['@"PT12H" + @"2021-01-02"', '2021-01-02'],
    ['@"2021-01-02" - @"10:00:00"', null],
    ['@"10:00:00" + @"P1Y"', null],
    ['@"2021-01-02T10:10:10@Europe/Paris" - @"2021-01-01T10:10:10@Asia/Dhaka"', 'P1DT5H'],
    ['@"2021-01-02" - @"2021-01-01T10:10:10+11:00"', 'P1DT49M50S'],
    ['@"2021-01-02" - @"2021-01-01T10:10:10"', null],
    ['@"2021-01-01T24:00:00" + @"PT1S"', '2021-01-02T00:00:01'],
    ['date("2021-01-05").day - 2 * 2', 1],
    ['string(for day in @"1980-01-02"..@"1980-01-01" return day)', '[1980-01-02, 1980-01-01]'],
    ['for n in 3..1 return n - 1', [2, 1, 0]],
  ];
  for (const [text, value] of cases)
    it(`${text} is ${JSON.stringify(value)}`, () => {
      assert.deepEqual(valueOfText(text), value);
    });

  it('calculates with dates that variables hold, whatever their names', () => {
    const [start, end] = ['date("2021-01-01")', 'date("2021-01-03")'].map((text) => compileExpression(text)({}));
    const scope = { 'start-date': start, trip: { 'end-date': end }, half: 0.5 };

    assert.equal(valueOfText('(trip.end-date - start-date) * half', scope), 'P1D');
    assert.equal(valueOfText('half - 1', { half: 3 }), 2);
  });

  it('takes a variable for what it is, even where a function has its name', () => {
    assert.equal(valueOfText('range + 1', { range: 2 }), 3);
  });
});

describe('Cells of names', () => {
  it('are compared with a boolean, not taken for the answer', () => {
    const context = { Complex: { aBoolean: true } };

    assert.equal(compileTests('Complex.aBoolean')(false, context), false);
    assert.equal(compileTests('not(Complex.aBoolean)')(false, context), true);
    assert.equal(compileTests('Complex.aBoolean')(true, context), true);
  });
});

describe('An expression that is parsed once', () => {
  const cell = (text: string, input: unknown, scope: Record<string, unknown> = {}) => compileTests(text)(input, scope);

  it('answers anew for every scope, also of other variables', () => {
    const sum = compileExpression('a + b');

    assert.deepEqual(
      [sum({ a: 1, b: 2 }), sum({ a: 3, b: 4 }), sum({ a: 3 }), sum({ b: 1, c: 2, a: 1 })],
      [3, 7, null, 2],
    );
  });

  it('takes variables whose names are words of FEEL, or hold blanks or operators', () => {
    assert.equal(compileExpression('a-b + 1')({ 'a-b': 2 }), 3);
    assert.equal(compileExpression('list of names')({ 'list of names': 'x' }), 'x');
    assert.equal(compileExpression('x.a-b')({ x: { 'a-b': 2 } }), 2);
    assert.equal(compileExpression('1 + 1')({}), 2);
  });

  it('as a cell compares its input, and no text that looks like it', () => {
    assert.equal(cell('starts with(?, "a?")', 'a?b'), true);
    assert.equal(cell('? > limit', 3, { limit: 2 }), true);
    assert.equal(cell('> limit', 2, { limit: 2 }), false);
    assert.equal(cell('> limit', null, { limit: 2 }), false);
    assert.equal(cell('> limit, "x"', 'x', { limit: 2 }), true);
    assert.equal(cell('? + 1', 2), false);
  });
});
