import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canonical, deepest } from './canonical.ts';
import { digestOf, digestOfValue } from './digest.ts';

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 ? { in: value } : [value];
  return value;
}

/** Whatever JSON can hold, without unsafe integers and the minus of a zero. */
const json = fc
  .jsonValue({ stringUnit: 'binary' })
  .map((value) => JSON.stringify(value))
  .filter((text) => !/(?<![\d.])\d{16,}(?![\d.])|e\+/.test(text))
  .map((text) => JSON.parse(text));

describe('canonical', () => {
  it('writes the sample of RFC 8785, 3.2.2', () => {
    const sample = {
      numbers: [Number('333333333.33333329'), 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };

    assert.equal(
      canonical(sample),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by their UTF-16 units, as in RFC 8785, 3.2.3', () => {
    const sample = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };

    const keys = [...canonical(sample).matchAll(/"([^"]*)":/g)].map(([, key]) => key);

    assert.deepEqual(keys, ['\\r', '1', '\u0080', 'ö', '€', '😀', '\ufb33']);
  });

  const numbers: [number, string][] = [
    [-0, '0'],
    [5e-324, '5e-324'],
    [-5e-324, '-5e-324'],
    [9007199254740991, '9007199254740991'],
    [-9007199254740991, '-9007199254740991'],
    [1e-7, '1e-7'],
    [0.000001, '0.000001'],
    [333333333.3333332, '333333333.3333332'],
    [0.1 + 0.2, '0.30000000000000004'],
  ];
  for (const [number, text] of numbers)
    it(`writes the number ${text}`, () => {
      assert.equal(canonical(number), text);
    });

  it('says the same of a value whichever order its keys came in', () => {
    assert.equal(canonical({ b: { d: 1, c: 2 }, a: 0 }), canonical({ a: 0, b: { c: 2, d: 1 } }));
  });

  it('loses nothing', () => {
    fc.assert(fc.property(json, (value) => assert.deepEqual(JSON.parse(canonical(value)), value)));
  });

  it('is the same when it is done again', () => {
    fc.assert(fc.property(json, (value) => assert.equal(canonical(JSON.parse(canonical(value))), canonical(value))));
  });

  it('takes a key named __proto__ as any other', () => {
    assert.equal(canonical(JSON.parse('{"b":1,"__proto__":2}')), '{"__proto__":2,"b":1}');
  });

  it('takes an object without a prototype', () => {
    assert.equal(canonical(Object.assign(Object.create(null), { a: 1 })), '{"a":1}');
  });

  const refused: [string, unknown, string][] = [
    ['undefined', undefined, 'the value is undefined'],
    ['undefined in an object', { a: undefined }, 'the value/a is undefined'],
    ['a hole in a list', new Array(1), 'the value/0 is undefined'],
    ['NaN', { a: [Number.NaN] }, 'the value/a/0 is NaN'],
    ['Infinity', Number.POSITIVE_INFINITY, 'the value is Infinity'],
    ['-Infinity', { a: Number.NEGATIVE_INFINITY }, 'the value/a is -Infinity'],
    ['an integer over 2^53', { a: 2 ** 53 }, 'the value/a is an unsafe integer'],
    ['an integer below -2^53', -(2 ** 53), 'the value is an unsafe integer'],
    ['a large round number', 1e30, 'the value is an unsafe integer'],
    ['a high surrogate alone', { a: 'x\ud83d' }, 'the value/a holds a lone surrogate'],
    ['a low surrogate alone', ['\ude00x'], 'the value/0 holds a lone surrogate'],
    ['a lone surrogate in a key', { a: { '\ud83d': 1 } }, 'the value/a has a key with a lone surrogate'],
    ['a date', { a: new Date(0) }, 'the value/a is a Date'],
    ['a map', new Map(), 'the value is a Map'],
    ['bytes', { a: Buffer.from('x') }, 'the value/a is a Buffer'],
    ['an instance of a class', new (class Point {})(), 'the value is a Point'],
    ['a bigint', { a: 1n }, 'the value/a is bigint'],
    ['a function', { toJSON: () => 1 }, 'the value/toJSON is function'],
    ['a symbol', [Symbol('a')], 'the value/0 is symbol'],
  ];
  for (const [what, value, message] of refused)
    it(`refuses ${what}, and says where it is`, () => {
      assert.throws(() => canonical(value), { name: 'TypeError', message });
    });

  it('takes 64 levels and refuses 65', () => {
    assert.equal(JSON.parse(canonical(nested(deepest))).length ?? 1, 1);
    assert.throws(() => canonical(nested(deepest + 1)), /nests deeper than 64 levels$/);
  });

  it('refuses a value that holds itself', () => {
    const value: Record<string, unknown> = {};
    value.self = value;

    assert.throws(() => canonical(value), /nests deeper than 64 levels$/);
  });
});

describe('A digest', () => {
  it('is SHA-256 with its name before it', () => {
    const abc = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

    assert.equal(digestOf('abc'), abc);
    assert.equal(digestOf(Buffer.from('abc')), abc);
  });

  it('of a value is that of its canonical text', () => {
    assert.equal(digestOfValue({ b: 1, a: 'ü' }), digestOf('{"a":"ü","b":1}'));
  });
});
