import assert from 'node:assert/strict';
import { compileTable } from './compile-table.ts';
import { tableSource } from './fixtures/table-source.ts';

const inputs = ['level: string', 'size: number'];

describe('A table is refused at load', () => {
  const refused: [what: string, rule: string[], place: string][] = [
    ['for a word without quotes', ['gold', '-', '1'], "rule 2, column level: gold: Variable 'gold' not found"],
    ['for a word without quotes among others', ['"silver", gold', '-', '1'], 'rule 2, column level: "silver", gold: '],
    ['for a word without quotes in an output', ['-', '-', 'gold'], "rule 2, column answer: gold: Variable 'gold' not"],
    ['for a comparison with what is no input', ['-', '> limit', '1'], "rule 2, column size: > limit: Variable 'limit'"],
    ['for a function that there is not', ['-', 'larger(?, 3)', '1'], 'rule 2, column size: larger(?, 3): '],
    ['for a function that there is not in an output', ['-', '-', 'larger(1)'], 'rule 2, column answer: larger(1): '],
    ['for a range without end', ['-', '[1..', '1'], 'rule 2, column size: [1..: Incomplete <Interval>'],
    ['for a comma without more', ['"gold",', '-', '1'], 'rule 2, column level: "gold",: Incomplete'],
    ['for a text without end', ['"gold', '-', '1'], 'rule 2, column level: "gold: '],
    ['for an operator without value', ['-', '>', '1'], 'rule 2, column size: >: '],
    ['for an output that is half there', ['-', '-', '1 +'], 'rule 2, column answer: 1 +: Incomplete'],
    [
      'for an output that is not there',
      ['-', '-'],
      'rule 2, column answer: (none): the rule has no value for this output',
    ],
    [
      'for an output of a dash',
      ['-', '-', '-'],
      'rule 2, column answer: (none): the rule has no value for this output',
    ],
    ['for a test that is not there', ['"gold"'], 'rule 2, column size: (none): the rule has no cell for this column'],
  ];
  for (const [what, rule, place] of refused)
    it(`${what}, naming table, rule and column`, () => {
      const table = tableSource({ id: 'discounts', inputs, rules: [['"gold"', '> 3', '1'], rule] });

      assert.throws(
        () => compileTable(table),
        (error: Error & { code: string }) => {
          assert.equal(error.code, 'TABLE_INVALID');
          const start = `/a/table.dmn cannot be used: table discounts, ${place}`;
          assert.equal(error.message.slice(0, start.length), start);
          return true;
        },
      );
    });

  it('for an input that cannot be read', () => {
    for (const expression of ['count(', ''])
      assert.throws(() => compileTable(tableSource({ inputs: ['a: string', expression], rules: [] })), {
        code: 'TABLE_INVALID',
        message: /table a-table, the heads, column 2: /,
      });
  });

  it('for a default that means nothing', () => {
    const table = tableSource({ inputs, rules: [], defaults: ['gold'] });

    assert.throws(() => compileTable(table), {
      message: /the defaults, column answer: gold: Variable 'gold' not found/,
    });
  });
});

describe('A table is taken', () => {
  const taken: [what: string, rule: string[]][] = [
    ['when a cell names another input', ['-', '> count(level)', '1']],
    ['when an output names an input', ['-', '-', 'level + "!"']],
    ['when only the value it is tried on does not suit', ['-', '? / size > 3', '1 / size']],
    ['when it uses the functions of FEEL', ['contains(?, "x")', 'odd(?)', 'upper case(level)']],
  ];
  for (const [what, rule] of taken)
    it(what, () => {
      assert.ok(compileTable(tableSource({ inputs, rules: [rule] })));
    });

  it('when its heads name facts that only the asking brings', () => {
    assert.ok(compileTable(tableSource({ inputs: ['task.workspace.size: number'], rules: [['> 3', '"large"']] })));
  });
});
