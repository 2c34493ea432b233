import assert from 'node:assert/strict';
import { tableSource } from '../fixtures/table-source.ts';
import { type Answer, compileTable } from './compile-table.ts';
import type { Aggregation, HitPolicy } from './model.ts';

const rules = [
  ['>= 10', '"large"'],
  ['>= 20', '"huge"'],
  ['>= 30', '"huge"'],
  ['< 0', '"none"'],
];

function ask(hitPolicy: HitPolicy, size: number, cells: string[][] = rules): Promise<Answer> {
  const compiled = compileTable(tableSource({ id: 'sizes', hitPolicy, inputs: ['size: number'], rules: cells }));
  return compiled.decide(compiled.inputsOf({ size }));
}

describe('The hit policy UNIQUE', () => {
  it('gives the one rule that matches', async () => {
    assert.deepEqual(await ask('UNIQUE', 15), { rules: [1], output: 'large', inputs: { size: 15 } });
  });

  it('gives nothing where none matches', async () => {
    assert.deepEqual(await ask('UNIQUE', 5), { rules: [], output: null, inputs: { size: 5 } });
  });

  it('refuses to choose where several match, even with one output', async () => {
    await assert.rejects(ask('UNIQUE', 35), {
      code: 'TABLE_INVALID',
      message: '/a/table.dmn cannot be used: rules 1 and 2 and 3 of the UNIQUE table sizes match the same inputs.',
    });
    await assert.rejects(
      ask('UNIQUE', 1, [
        ['1', '"a"'],
        ['1', '"a"'],
      ]),
      { code: 'TABLE_INVALID' },
    );
  });
});

describe('The hit policy FIRST', () => {
  it('gives the first of several rules that match', async () => {
    assert.deepEqual(await ask('FIRST', 35), { rules: [1], output: 'large', inputs: { size: 35 } });
  });

  it('goes by the order of the rules, not by which is tried first', async () => {
    const cells = Array.from({ length: 60 }, (_, row) => [`>= ${59 - row}`, `"${row}"`]);

    assert.deepEqual(await ask('FIRST', 12, cells), { rules: [48], output: '47', inputs: { size: 12 } });
  });
});

describe('The hit policy ANY', () => {
  it('gives the one rule that matches', async () => {
    assert.deepEqual(await ask('ANY', 15), { rules: [1], output: 'large', inputs: { size: 15 } });
  });

  it('gives the output that all matching rules agree on', async () => {
    assert.deepEqual(await ask('ANY', 35, rules.slice(1)), { rules: [1], output: 'huge', inputs: { size: 35 } });
  });

  it('compares what outputs are, not how they are written', async () => {
    const cells = [
      ['-', '{ a: [1, 2], b: "x" }'],
      ['-', '{ b: "x", a: [1, 1 + 1] }'],
    ];

    assert.deepEqual((await ask('ANY', 1, cells)).output, { a: [1, 2], b: 'x' });
  });

  it('refuses to choose where matching rules give different outputs', async () => {
    await assert.rejects(ask('ANY', 25), {
      code: 'TABLE_INVALID',
      message:
        '/a/table.dmn cannot be used: rules 1 and 2 of the ANY table sizes match the same inputs and give different outputs.',
    });
  });

  it('gives nothing where none matches', async () => {
    assert.deepEqual(await ask('ANY', 5), { rules: [], output: null, inputs: { size: 5 } });
  });
});

for (const hitPolicy of ['COLLECT', 'RULE ORDER'] as const)
  describe(`The hit policy ${hitPolicy}`, () => {
    it('gives a list of every output that matches, in the order of the rules', async () => {
      assert.deepEqual(await ask(hitPolicy, 35), {
        rules: [1, 2, 3],
        output: ['large', 'huge', 'huge'],
        inputs: { size: 35 },
      });
    });

    it('gives a list where one matches, and an empty one where none does', async () => {
      assert.deepEqual((await ask(hitPolicy, 15)).output, ['large']);
      assert.deepEqual(await ask(hitPolicy, 5), { rules: [], output: [], inputs: { size: 5 } });
    });
  });

describe('The hit policy PRIORITY', () => {
  const table = tableSource({
    hitPolicy: 'PRIORITY',
    inputs: ['size: number'],
    outputs: ['risk: string', 'note: string'],
    rules: [
      ['> 1', '"low"', '"a"'],
      ['> 2', '"high"', '"b"'],
      ['> 2', '"high"', '"a"'],
      ['> 3', '"unlisted"', '"a"'],
    ],
  });
  const ranked = {
    ...table,
    outputs: table.outputs.map((output, column) => ({
      ...output,
      allowed: ['"high", "low"', '"a", "b"'][column] ?? null,
    })),
  };

  async function answer(hitPolicy: HitPolicy, size: number): Promise<Answer> {
    const compiled = compileTable({ ...ranked, hitPolicy });
    return compiled.decide(compiled.inputsOf({ size }));
  }

  it('gives the output whose first column stands highest in the list of its values, then the second', async () => {
    assert.deepEqual(await answer('PRIORITY', 9), {
      rules: [3],
      output: { risk: 'high', note: 'a' },
      inputs: { size: 9 },
    });
    assert.deepEqual((await answer('PRIORITY', 2)).rules, [1]);
    assert.equal((await answer('PRIORITY', 0)).output, null);
  });

  it('orders all outputs so where it is OUTPUT ORDER, unlisted ones last', async () => {
    assert.deepEqual((await answer('OUTPUT ORDER', 9)).rules, [3, 2, 1, 4]);
    assert.deepEqual((await answer('OUTPUT ORDER', 0)).output, []);
  });
});

describe('COLLECT with an aggregation', () => {
  const expected: [Aggregation, unknown, unknown][] = [
    ['SUM', 35, null],
    ['MIN', 5, null],
    ['MAX', 20, null],
    ['COUNT', 3, 0],
  ];
  for (const [aggregation, all, none] of expected)
    it(`${aggregation} gives ${all} for 10, 20 and 5, and ${none} where no rule fires`, async () => {
      const compiled = compileTable(
        tableSource({
          hitPolicy: 'COLLECT',
          aggregation,
          inputs: ['size: number'],
          rules: [
            ['> 0', '10'],
            ['> 0', '20'],
            ['> 0', '5'],
          ],
        }),
      );

      assert.deepEqual(await compiled.decide([1]), { rules: [1, 2, 3], output: all, inputs: { size: 1 } });
      assert.deepEqual(compiled.decideNow([1]), await compiled.decide([1]));
      assert.equal((await compiled.decide([0])).output, none);
    });
});

describe('An input with allowed values', () => {
  it('that has another value matches no rule', async () => {
    const source = tableSource({ inputs: ['level: string'], rules: [['-', '"yes"']], defaults: ['"no"'] });
    const compiled = compileTable({
      ...source,
      inputs: [{ expression: 'level', type: 'string', allowed: '"a", "b"' }],
    });

    assert.equal((await compiled.decide(['a'])).output, 'yes');
    assert.equal((await compiled.decide(['c'])).output, 'no');
  });
});
