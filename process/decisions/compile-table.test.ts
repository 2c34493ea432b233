import assert from 'node:assert/strict';
import fc from 'fast-check';
import { unaryTest } from 'feelin';
import { tableSource } from '../fixtures/table-source.ts';
import { type Answer, compileTable, type Facts } from './compile-table.ts';
import type { TableSource } from './model.ts';

function ask(table: TableSource, facts: Facts): Promise<Answer> {
  const compiled = compileTable(table);
  return compiled.decide(compiled.inputsOf(facts));
}

/** Whether `cell` takes `input`, in a table of one column. `other` is a second column that the cell may name. */
async function takes(cell: string, input: unknown, other: unknown = null, type = 'Any'): Promise<boolean> {
  const table = tableSource({ inputs: [`x: ${type}`, 'other: number'], rules: [[cell, '-', '"yes"']] });
  const { rules } = await ask(table, { x: input, other });
  return rules.length === 1;
}

describe('A cell', () => {
  const cases: [cell: string, taken: unknown[], refused: unknown[]][] = [
    ['-', ['gold', 3, null, [], true], []],
    ['"gold"', ['gold'], ['silver', 'Gold', '', null, 3]],
    ['"gold", "silver"', ['gold', 'silver'], ['bronze', null]],
    ['"a, b"', ['a, b'], ['a', 'b']],
    ['"say \\"yes\\""', ['say "yes"'], ['say']],
    ['not("gold")', ['silver'], ['gold']],
    ['not("gold", "silver")', ['bronze'], ['gold', 'silver']],
    ['3', [3], [4, '3', null]],
    ['1, 2', [1, 2], [3]],
    ['< 5', [4.9, -1], [5, null, 'x']],
    ['>= 5', [5, 6], [4, null]],
    ['[1..5]', [1, 3, 5], [0, 6, null]],
    ['(1..5)', [2, 4.5], [1, 5]],
    [']1..5]', [2, 5], [1]],
    ['[1..5[', [1, 4], [5]],
    ['[1..2], [8..9]', [1, 9], [5]],
    ['not([1..5])', [0, 6], [1, 5]],
    ['true', [true], [false, null]],
    ['false', [false], [true, null]],
    ['null', [null], ['', 0, false]],
    ['"gold", null', ['gold', null], ['silver']],
    ['["gold", "silver"]', ['gold', 'silver'], ['bronze']],
    ['list contains(?, "release")', [['release', 'x']], [[], ['x'], null]],
    ['not(list contains(?, "release"))', [[], ['x']], [['release'], null]],
    ['starts with(?, "feature/")', ['feature/a'], ['main', null]],
    ['? > 3 and ? < 5', [4], [3, 5, null]],
    ['? = "a?", null', ['a?', null], ['b']],
    ['contains(?, "x"), "y"', ['ax', 'y'], ['b', null]],
    ['not(contains(?, "x"), "y")', ['b'], ['ax', 'y']],
    ['[1..1 + 1], > 8', [1, 2, 9], [3, 8, null]],
    ['"what?"', ['what?'], ['what', null]],
    ['count(?) > 1', [[1, 2]], [[1], [], null]],
    ['some tag in ? satisfies starts with(tag, "x")', [['y', 'xy']], [['y'], []]],
  ];
  for (const [cell, taken, refused] of cases)
    it(`${cell} takes ${JSON.stringify(taken)} and refuses ${JSON.stringify(refused)}`, async () => {
      for (const input of taken) assert.equal(await takes(cell, input), true, `${JSON.stringify(input)} is refused`);
      for (const input of refused) assert.equal(await takes(cell, input), false, `${JSON.stringify(input)} is taken`);
    });

  it('can compare with another input', async () => {
    assert.equal(await takes('>= other', 3, 3), true);
    assert.equal(await takes('>= other', 3, 4), false);
    assert.equal(await takes('[1..other * 2]', 8, 4), true);
    assert.equal(await takes('>= other', 3, null), false);
  });

  it('takes no value for a fact that is not there', async () => {
    const table = tableSource({
      inputs: ['x: string', 'y: number'],
      rules: [
        ['"a"', '-', '1'],
        ['-', '> 1', '2'],
        ['null', '-', '3'],
      ],
    });

    assert.deepEqual(await ask(table, {}), { rules: [3], output: 3, inputs: { x: null, y: null } });
  });

  it('of literal strings is looked up as FEEL would answer', async () => {
    const word = fc.constantFrom('a', 'b', 'A', '', ' ', 'ä', 'a,b', '?', '-');
    const words = fc.array(word, { minLength: 1, maxLength: 3 });
    const input = fc.oneof(word, fc.constantFrom(null, 1, true));

    await fc.assert(
      fc.asyncProperty(words, input, async (literals, value) => {
        const cell = literals.map((literal) => `"${literal}"`).join(', ');
        assert.equal(await takes(cell, value), unaryTest(cell, { '?': value }).value);
      }),
    );
  });
});

describe('An input', () => {
  it('can be an expression over the facts', async () => {
    const table = tableSource({
      inputs: ['count(tags): number'],
      rules: [
        ['> 1', '"many"'],
        ['-', '"few"'],
      ],
    });

    assert.deepEqual(await ask(table, { tags: ['a', 'b'] }), {
      rules: [1],
      output: 'many',
      inputs: { 'count(tags)': 2 },
    });
    assert.equal((await ask(table, { tags: [] })).output, 'few');
  });

  it('can be given as it was recorded, under its expression', async () => {
    const table = tableSource({
      inputs: ['count(tags): number'],
      rules: [
        ['> 1', '"many"'],
        ['-', '"few"'],
      ],
    });
    const { inputs } = await ask(table, { tags: ['a', 'b'] });

    assert.equal((await ask(table, inputs)).output, 'many');
  });

  it('can be a part of a fact', async () => {
    const table = tableSource({
      inputs: ['task.priority: number'],
      rules: [
        ['> 5', '"soon"'],
        ['-', '"later"'],
      ],
    });

    assert.equal((await ask(table, { task: { priority: 9 } })).output, 'soon');
    assert.equal((await ask(table, { task: {} })).output, 'later');
    assert.equal((await ask(table, {})).output, 'later');
  });

  it('can have a name that FEEL would take for a calculation', async () => {
    const table = tableSource({ inputs: ['changed-files: number'], rules: [['> 5', '"large"']] });

    assert.equal((await ask(table, { 'changed-files': 9 })).output, 'large');
  });
});

describe('An output', () => {
  it('can calculate with the inputs', async () => {
    const table = tableSource({
      inputs: ['failures: number'],
      outputs: ['delayMs: number'],
      rules: [['-', 'if failures > 3 then 1000 else failures * 100']],
    });

    assert.equal((await ask(table, { failures: 2 })).output, 200);
    assert.equal((await ask(table, { failures: 4 })).output, 1000);
  });

  it('is the value itself where there is one column, and an object by name where there are several', async () => {
    const one = tableSource({ inputs: ['x: number'], rules: [['-', '"a"']] });
    const two = tableSource({
      inputs: ['x: number'],
      outputs: ['first: string', 'second: number'],
      rules: [['-', '"a"', '1']],
    });

    assert.equal((await ask(one, {})).output, 'a');
    assert.deepEqual((await ask(two, {})).output, { first: 'a', second: 1 });
  });

  it('can be a list, an object or null', async () => {
    const table = tableSource({
      inputs: ['x: number'],
      rules: [
        ['1', '["a", "b"]'],
        ['2', '{ a: x }'],
        ['3', 'null'],
      ],
    });

    assert.deepEqual((await ask(table, { x: 1 })).output, ['a', 'b']);
    assert.deepEqual((await ask(table, { x: 2 })).output, { a: 2 });
    assert.deepEqual(await ask(table, { x: 3 }), { rules: [3], output: null, inputs: { x: 3 } });
  });

  it('is null where no rule fires', async () => {
    const table = tableSource({ inputs: ['x: number'], rules: [['1', '"a"']] });

    assert.deepEqual(await ask(table, { x: 2 }), { rules: [], output: null, inputs: { x: 2 } });
  });

  it('is the default where no rule fires and the table gives one', async () => {
    const table = tableSource({ inputs: ['x: number'], rules: [['1', 'null']], defaults: ['x + 1'] });

    assert.deepEqual(await ask(table, { x: 2 }), { rules: [], output: 3, inputs: { x: 2 } });
    assert.deepEqual(await ask(table, { x: 1 }), { rules: [1], output: null, inputs: { x: 1 } });
  });

  it('has every default by name where there are several', async () => {
    const table = tableSource({
      inputs: ['x: number'],
      outputs: ['a: string', 'b: string'],
      rules: [],
      defaults: ['"none"', 'null'],
    });

    assert.deepEqual((await ask(table, {})).output, { a: 'none', b: null });
  });
});
