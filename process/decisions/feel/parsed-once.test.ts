// Expressions and cells, parsed once or turned into functions, beside feelin's own reading of their text.
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { evaluate, unaryTest } from 'feelin';
import { compileCell } from './cell.ts';
import { compileExpression } from './expression.ts';
import { plainForm } from './plain-form.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

type Text = fc.Arbitrary<string>;

const literal = fc.constantFrom('0', '1', '-2', '2.5', '"a"', '"ab"', '""', 'true', 'false', 'null');
const name = fc.constantFrom('?', 'a', 'b', 'nowhere');
const inside = fc.constantFrom(
  'c.x',
  'c.y.z',
  'l[1]',
  'l[item > 1]',
  'count(l)',
  'o[x = 1].y',
  'some e in l satisfies e > 1',
);

/** Expressions that feelin can read, over `?` and the variables a, b, c, l and o. */
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const operand = fc.oneof({ maxDepth: 3, withCrossShrink: true }, literal, name, inside, tie('expression') as Text);
  const pair = fc.tuple(operand, operand);
  return {
    expression: fc.oneof(
      fc.tuple(pair, fc.constantFrom('=', '!=', '<', '<=', '>', '>=')).map(([[x, y], sign]) => `(${x} ${sign} ${y})`),
      fc.tuple(pair, fc.constantFrom('and', 'or', '+', '-', '*')).map(([[x, y], sign]) => `(${x} ${sign} ${y})`),
      fc
        .tuple(pair, fc.constantFrom('starts with', 'ends with', 'contains'))
        .map(([[x, y], called]) => `${called}(${x}, ${y})`),
      fc.tuple(operand, fc.constantFrom('not', 'lower case', 'upper case')).map(([x, called]) => `${called}(${x})`),
    ),
  };
});

const value = fc.constantFrom(null, 0, 1, -2, 2.5, 'a', 'ab', 'A', '', true, false);
const scope = fc.record({
  a: value,
  b: value,
  c: fc.constantFrom(null, 3, { x: 1 }, { x: 'a', y: { z: true } }, { 'x-y': 2, x: 1 }),
  l: fc.constantFrom(null, [], [1, 2], ['a'], [{ x: 1 }]),
  o: fc.constantFrom(
    null,
    [
      { x: 1, y: 'a' },
      { x: 2, y: 'b' },
    ],
    [{ 'x y': 1 }],
  ),
});
const input = fc.oneof(value, fc.constantFrom<unknown>([1, 2], ['a'], { x: 1 }));
const runs = { numRuns: 500 };

/** What it throws of stands for null. */
function orNull(read: () => unknown): unknown {
  try {
    return read() ?? null;
  } catch {
    return null;
  }
}

/** What feelin says of a cell; for an input that is null, an expression over `?` has to come out as true. */
function asked(cell: string, given: unknown, variables: Record<string, unknown>): boolean {
  const context = { ...variables, '?': given };
  const read = given === null && cell.includes('?') ? evaluate : unaryTest;
  return orNull(() => read(cell, context).value) === true;
}

describe('A cell that is parsed once', () => {
  it('takes what feelin takes', () => {
    const cell = expression.filter((text) => text.includes('?'));
    fc.assert(
      fc.property(cell, input, scope, (text, given, variables) => {
        assert.equal(compileCell(text).test(given, variables) === true, asked(text, given, variables));
      }),
      runs,
    );
  });

  it('compares with other inputs as feelin does', () => {
    const cell = fc.tuple(
      fc.constantFrom('<', '<=', '>', '>='),
      expression.filter((text) => !text.includes('?')),
    );
    fc.assert(
      fc.property(cell, input, scope, ([sign, text], given, variables) => {
        const whole = `${sign} ${text}`;
        assert.equal(compileCell(whole).test(given, variables) === true, asked(whole, given, variables));
      }),
      runs,
    );
  });

  it('takes what one of several tests takes, ranges among them, or what none does', () => {
    const test = fc.oneof(
      expression,
      literal,
      fc
        .tuple(fc.constantFrom('[', '('), literal, expression, fc.constantFrom(']', ')'))
        .map(([open, start, end, close]) => `${open}${start}..${end}${close}`),
    );
    const tests = fc.array(test, { minLength: 1, maxLength: 3 });
    const given = input.filter((one) => one !== null);
    fc.assert(
      fc.property(tests, fc.boolean(), given, scope, (texts, negated, one, variables) => {
        const list = texts.join(', ');
        const text = negated ? `not(${list})` : list;
        // feelin takes true and false for inside of a range that has no end.
        fc.pre(!(typeof one === 'boolean' && text.includes('..')));
        const { quick } = compileCell(text);
        const known = quick(one, variables);

        if (known !== undefined) assert.equal(known, asked(text, one, variables));
      }),
      runs,
    );
  });

  it('says quickly what it can, also about what is inside of values', () => {
    const quick = (text: string, given: unknown) => compileCell(text).quick(given, { c: { x: 1 }, d: { 'x-y': 1 } });

    assert.equal(quick('? > c.x', 2), true);
    assert.equal(quick('?.x = 1', { x: 1 }), true);
    assert.equal(quick('?[1] = "a"', ['b']), false);
    assert.equal(quick('? > d.x-y', 2), undefined);
    assert.equal(quick('?.x = 1', { 'x-y': 1 }), undefined);
    assert.equal(quick('contains(?, "x"), "y"', 'y'), true);
    assert.equal(quick('not(contains(?, "x"), "y")', 'z'), true);
    assert.equal(quick('[1..c.x + 1)', 1.5), true);
    assert.deepEqual(
      ['[1..c.x + 1]', '(1..c.x + 1)', '[1..c.x + 1)', '(1..c.x + 1]'].map((text) => [quick(text, 1), quick(text, 2)]),
      [
        [true, true],
        [false, false],
        [true, false],
        [false, true],
      ],
    );
    assert.equal(quick('c.x, 5', 5), undefined);
    assert.equal(quick('? > 1', null), false);
  });
});

describe('An expression that is parsed once', () => {
  it('has the value that feelin gives it', () => {
    const plain = expression.filter((text) => !text.includes('?'));
    fc.assert(
      fc.property(plain, scope, (text, variables) => {
        assert.deepEqual(
          compileExpression(text)(variables),
          orNull(() => evaluate(text, variables).value),
        );
      }),
      runs,
    );
  });

  it('keeps nothing of what went wrong in it', () => {
    const sum = compileExpression('a + 1');
    const used = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    sum({ a: 'x' });
    const before = used();
    for (let call = 0; call < 20_000; call++) sum({ a: 'x' });

    assert.ok(used() - before < 2_000_000);
    assert.equal(sum({ a: 'x' }), null);
  });
});

describe('A plain form', () => {
  const of = (text: string, names: string[] = ['a', 'b']) => plainForm(text, names, 'own_input');

  it('is there for comparisons, sums, and, or, not and functions of text', () => {
    assert.equal(of('a >= 10 and a < 49 + 1')?.({ a: 20 }, null), true);
    assert.equal(of('starts with(lower case(own_input), "fi")')?.({}, 'FILE'), true);
    assert.equal(of('not(a = null) or b')?.({ a: 1, b: false }, null), true);
    assert.equal(of('(a - 1) * 2')?.({ a: 3 }, null), 4);
  });

  it('has the value that feelin gives, for every operator and function over every pair of values', () => {
    const values = [null, 0, 1, -2, 2.5, 'a', 'ab', 'A', '', true, false];
    const infix = ['=', '!=', '<', '<=', '>', '>=', '+', '-', '*', 'and', 'or'].map((sign) => `a ${sign} b`);
    const called = ['starts with', 'ends with', 'contains'].map((name) => `${name}(a, b)`);
    const single = ['not', 'lower case', 'upper case'].map((name) => `${name}(a)`);
    let said = 0;
    for (const text of [...infix, ...called, ...single])
      for (const a of values)
        for (const b of values) {
          const known = of(text)?.({ a, b }, null);
          if (known === undefined) continue;
          said++;
          assert.equal(
            known,
            orNull(() => evaluate(text, { a, b }).value),
            `${text} for ${a} and ${b}`,
          );
        }
    assert.ok(said > 300, `${said}`);
  });

  it('says nothing where values are of other types, or numbers too large', () => {
    assert.equal(of('a < b')?.({ a: 'x', b: 'y' }, null), undefined);
    assert.equal(of('a = b')?.({ a: 1, b: '1' }, null), undefined);
    assert.equal(of('a and b')?.({ a: true, b: null }, null), undefined);
    assert.equal(of('a * a')?.({ a: 1e300 }, null), undefined);
    assert.equal(of('contains(a, b)')?.({ a: ['x'], b: 'x' }, null), undefined);
  });

  it('is not there for anything else', () => {
    for (const text of [
      'matches(a, "x")',
      'a / b',
      'a.b',
      'a[1]',
      'if a then 1 else 2',
      '"\\n"',
      'a between 1 and 2',
      'x',
      'constructor(a)',
      '',
    ])
      assert.equal(of(text), null, text);
    assert.equal(of('contains(a, "x")', ['a', 'contains']), null);
    assert.equal(of('contains(string: a, match: "x")'), null);
  });
});
