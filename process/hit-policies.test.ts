import assert from 'node:assert/strict';
import { type Answer, compileTable } from './compile-table.ts';
import { tableSource } from './fixtures/table-source.ts';
import type { HitPolicy } from './read-dmn.ts';

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
