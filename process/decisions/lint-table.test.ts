import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asDmn, tableSource } from '../fixtures/table-source.ts';
import { lintModel, lintTable, worded } from './lint-table.ts';
import type { TableSource } from './model.ts';
import { readDmn } from './read-dmn.ts';

const inputs = ['level: string', 'size: number'];
const always = ['-', '-', '"x"'];

function problemsOf(table: TableSource): string[] {
  return lintTable(table).map(worded);
}

describe('The lint of a table finds', () => {
  const cells: [what: string, rule: string[], finding: string][] = [
    ['a word without quotes', ['gold', '-', '"x"'], "rule 2, column level: gold: Variable 'gold' not found"],
    ['a word without quotes among others', ['"silver", gold', '-', '"x"'], 'rule 2, column level: "silver", gold: '],
    ['a word without quotes in an output', ['-', '-', 'gold'], "rule 2, column answer: gold: Variable 'gold' not"],
    [
      'a word without quotes in a branch that is not taken',
      ['-', '-', 'if size > 3 then gold else "x"'],
      'rule 2, column answer: if size > 3 then gold else "x": Variable \'gold\' not found',
    ],
    ['a comparison with what is no input', ['-', '> limit', '"x"'], "rule 2, column size: > limit: Variable 'limit'"],
    ['a function that there is not', ['-', 'larger(?, 3)', '"x"'], 'rule 2, column size: larger(?, 3): '],
    ['a function that there is not in an output', ['-', '-', 'larger(1)'], 'rule 2, column answer: larger(1): '],
    ['a range without end', ['-', '[1..', '"x"'], 'rule 2, column size: [1..: Incomplete <Interval>'],
    ['a comma without more', ['"gold",', '-', '"x"'], 'rule 2, column level: "gold",: Incomplete'],
    ['a text without end', ['"gold', '-', '"x"'], 'rule 2, column level: "gold: '],
    ['an operator without value', ['-', '>', '"x"'], 'rule 2, column size: >: '],
    ['an output that is half there', ['-', '-', '1 +'], 'rule 2, column answer: 1 +: Incomplete'],
    ['an output that is not there', ['-', '-'], 'rule 2, column answer: (none): the rule has no value for this output'],
    ['an output of a dash', ['-', '-', '-'], 'rule 2, column answer: (none): the rule has no value for this output'],
    ['a test that is not there', ['"gold"'], 'rule 2, column size: (none): the rule has no cell for this column'],
    [
      'a number in a column of strings',
      ['3', '-', '"x"'],
      'rule 2, column level: 3: the column is a string, and 3 is a number',
    ],
    [
      'a string in a column of numbers',
      ['-', '1, "2"', '"x"'],
      'rule 2, column size: 1, "2": the column is a number, and "2" is a string',
    ],
    [
      'an output of another type',
      ['-', '-', '1 + 1'],
      'rule 2, column answer: 1 + 1: the column is a string, and this is a number',
    ],
  ];
  for (const [what, rule, finding] of cells)
    it(`${what}, naming table, rule and column`, () => {
      const table = tableSource({ id: 'discounts', inputs, rules: [always, rule] });

      assert.equal(problemsOf(table)[0]?.slice(0, finding.length + 17), `table discounts, ${finding}`);
    });

  it('every broken cell, not the first alone', () => {
    const table = tableSource({ inputs, rules: [['gold', '>', 'silver'], always] });

    assert.equal(lintTable(table).length, 3);
  });

  it('heads that cannot be read', () => {
    for (const expression of ['count(', ''])
      assert.match(
        problemsOf(tableSource({ inputs: ['a: string', expression], rules: [] }))[0] ?? '',
        /^table a-table, the heads, column 2: /,
      );
  });

  it('a default that means nothing', () => {
    const table = tableSource({ inputs, rules: [], defaults: ['gold'] });

    assert.deepEqual(problemsOf(table), [
      "table a-table, the defaults, column answer: gold: Variable 'gold' not found",
    ]);
  });

  it('rules of a UNIQUE table that match the same inputs, with such inputs', () => {
    const table = tableSource({
      hitPolicy: 'UNIQUE',
      inputs,
      rules: [
        ['"gold"', '< 10', '"a"'],
        ['"silver", "bronze"', '-', '"b"'],
        ['"gold", "lead"', '[9..20]', '"c"'],
        ['not("silver")', '> 30', '"d"'],
      ],
      defaults: ['"none"'],
    });

    assert.deepEqual(problemsOf(table), [
      'table a-table, rules 1 and 3: both match level = "gold", size = 9, and the table is UNIQUE',
    ]);
  });

  it('rules of a UNIQUE table with the same expression, or one beside a dash', () => {
    const overlapping = (first: string, second: string) =>
      problemsOf(
        tableSource({
          hitPolicy: 'UNIQUE',
          inputs,
          rules: [
            [first, '1', '"a"'],
            [second, '1', '"b"'],
          ],
          defaults: ['"c"'],
        }),
      );
    const said =
      'table a-table, rules 1 and 2: both match a level that starts with(?, "g") takes, size = 1, and the table is UNIQUE';

    assert.deepEqual(overlapping('starts with(?, "g")', 'starts with(?, "g")'), [said]);
    assert.deepEqual(overlapping('-', 'starts with(?, "g")'), [said]);
    assert.deepEqual(overlapping('starts with(?, "s")', 'starts with(?, "g")'), []);
    assert.deepEqual(overlapping('"s"', 'starts with(?, "g")'), []);
  });

  it('null that two rules of a UNIQUE table take, and booleans without a declared type', () => {
    const table = (rules: string[][]) => tableSource({ hitPolicy: 'UNIQUE', inputs: ['open: Any'], rules });

    assert.deepEqual(
      problemsOf(
        table([
          ['null', '"a"'],
          ['not(true)', '"b"'],
          ['true', '"c"'],
        ]),
      ),
      ['table a-table, rules 1 and 2: both match open = null, and the table is UNIQUE'],
    );
    assert.deepEqual(
      problemsOf(
        table([
          ['true', '"a"'],
          ['false', '"b"'],
        ]),
      ),
      [],
    );
  });

  it('inputs that no rule matches, where there is no default', () => {
    const rules = [
      ['"gold"', '-', '"a"'],
      ['not("gold")', '<= 10', '"b"'],
      ['-', '> 12', '"c"'],
    ];

    assert.deepEqual(problemsOf(tableSource({ inputs, rules })), [
      'table a-table, the rules: none matches level = "other", size = 11, and there is no default',
    ]);
    assert.deepEqual(problemsOf(tableSource({ inputs, rules, defaults: ['"d"'] })), []);
    assert.deepEqual(problemsOf(tableSource({ inputs, rules, hitPolicy: 'COLLECT' })), []);
  });
});

describe('The lint of a model', () => {
  it('knows which values the type of a column allows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arbiter-lint-'));
    const table = tableSource({
      inputs: ['Level: tLevel'],
      rules: [
        ['"gold"', '"a"'],
        ['"silver"', '"b"'],
      ],
    });
    const type = (allowed: string) =>
      `<itemDefinition name="tLevel"><typeRef>string</typeRef><allowedValues><text>${allowed}</text></allowedValues></itemDefinition>`;
    const problems = async (allowed: string): Promise<string[]> => {
      const file = join(folder, 'levels.dmn');
      await writeFile(file, asDmn(table).replace('<decision ', `${type(allowed)}<decision `));
      return lintModel(await readDmn(file)).map(worded);
    };

    try {
      assert.deepEqual(await problems('"gold", "silver"'), []);
      assert.deepEqual(await problems('"gold", "silver", "lead"'), [
        'table a-table, the rules: none matches Level = "lead", and there is no default',
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('The lint of a table takes', () => {
  const taken: [what: string, rule: string[]][] = [
    ['a cell that names another input', ['-', '> count(level)', '"x"']],
    ['an output that names an input', ['-', '-', 'level + "!"']],
    ['a cell when only the value it is tried on does not suit', ['-', '? / size > 3', 'string(1 / size)']],
    ['the functions of FEEL', ['contains(?, "x")', 'odd(?)', 'upper case(level)']],
    [
      'names that the cell itself gives',
      ['some part in split(?, ",") satisfies part = "x"', '-', '{ a: "x", b: a }.b'],
    ],
    ['fields of what a filter looks at', ['-', '-', '[{ n: 1, s: "x" }][n = 1].s[1]']],
  ];
  for (const [what, rule] of taken)
    it(what, () => {
      assert.deepEqual(problemsOf(tableSource({ inputs, rules: [rule, always] })), []);
    });

  it('heads that name facts which only the asking brings', () => {
    const table = tableSource({
      inputs: ['task.workspace.size: number'],
      rules: [['> 3', '"large"']],
      defaults: ['"s"'],
    });

    assert.deepEqual(problemsOf(table), []);
  });

  it('names of what the decision requires', () => {
    const table = tableSource({ inputs, rules: [['-', '> Upper limit', '"x"'], always] });

    assert.deepEqual(lintTable(table, ['Upper limit']), []);
    assert.equal(lintTable(table).length, 1);
  });

  it('UNIQUE rules that lie side by side, and complete ones', () => {
    const table = tableSource({
      hitPolicy: 'UNIQUE',
      inputs: [...inputs, 'open: boolean'],
      rules: [
        ['"gold"', '< 10', '-', '"a"'],
        ['"gold"', '>= 10', '-', '"b"'],
        ['not("gold")', '-', 'true', '"c"'],
        ['not("gold")', '-', 'false', '"d"'],
      ],
    });

    assert.deepEqual(problemsOf(table), []);
  });
});
