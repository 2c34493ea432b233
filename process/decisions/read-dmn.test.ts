import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../ledger/digest.ts';
import { asDmn, tableSource } from '../fixtures/table-source.ts';
import type { TableSource } from './model.ts';
import { readDmn } from './read-dmn.ts';

const table = tableSource({
  hitPolicy: 'RULE ORDER',
  inputs: ['level: string', 'size: number'],
  outputs: ['discount: number', 'note: string'],
  rules: [
    ['"gold"', '< 3', '1', '"a & b"'],
    ['-', '-', 'size', 'null'],
  ],
});

describe('readDmn', () => {
  let file: string;

  beforeEach(async () => {
    file = join(await mkdtemp(join(tmpdir(), 'arbiter-dmn-')), 'decisions.dmn');
  });

  afterEach(() => rm(join(file, '..'), { recursive: true, force: true }));

  async function read(text: string): Promise<TableSource[]> {
    await writeFile(file, text);
    const { decisions } = await readDmn(file);
    return decisions.flatMap(({ logic }) => (logic?.kind === 'table' ? [logic.table] : []));
  }

  const namespaces = {
    1.1: 'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
    1.2: 'http://www.omg.org/spec/DMN/20180521/MODEL/',
    1.3: 'https://www.omg.org/spec/DMN/20191111/MODEL/',
    1.4: 'https://www.omg.org/spec/DMN/20211108/MODEL/',
    1.5: 'https://www.omg.org/spec/DMN/20230324/MODEL/',
  };
  for (const [version, namespace] of Object.entries(namespaces))
    it(`reads a table of DMN ${version} as it stands`, async () => {
      const text = asDmn(table, namespace);

      assert.deepEqual(await read(text), [{ ...table, file, version: digestOf(text) }]);
    });

  it('reads the defaults of a table, null where only some columns have one', async () => {
    const both = asDmn({ ...table, defaults: ['0', '"none"'] });
    const one = both.replace('<defaultOutputEntry><text>0</text></defaultOutputEntry>', '');

    assert.deepEqual((await read(both))[0]?.defaults, ['0', '"none"']);
    assert.deepEqual((await read(one))[0]?.defaults, ['null', '"none"']);
  });

  it('takes a table without a hit policy for UNIQUE', async () => {
    const [read1] = await read(asDmn(table).replace(' hitPolicy="RULE ORDER"', ''));

    assert.equal(read1?.hitPolicy, 'UNIQUE');
  });

  it('takes an empty cell for one that takes everything', async () => {
    const [read1] = await read(asDmn(table).replace('&lt; 3', ' '));

    assert.deepEqual(read1?.rules[0]?.tests, ['"gold"', '-']);
  });

  it('gives a single output the name of its decision where it has none', async () => {
    const single = tableSource({ inputs: ['x: number'], outputs: ['answer: number'], rules: [['-', '1']] });

    const [read1] = await read(asDmn(single).replace('name="answer" ', ''));

    assert.deepEqual(read1?.outputs, [{ name: 'a-table', type: 'number', allowed: null }]);
  });

  it('reads several tables, and passes over decisions that are none', async () => {
    const literal = '<decision id="c" name="c"><literalExpression><text>1</text></literalExpression></decision>';
    const [first, second] = [asDmn({ ...table, id: 'a' }), asDmn({ ...table, id: 'b' })];
    const decision = second.slice(second.indexOf('<decision '), second.indexOf('</definitions>'));

    const tables = await read(first.replace('</definitions>', `${literal}${decision}</definitions>`));

    assert.deepEqual(
      tables.map(({ id }) => id),
      ['a', 'b'],
    );
  });

  it('reads aggregations, allowed values and the description of the decision', async () => {
    const text = asDmn({ ...table, hitPolicy: 'COLLECT' })
      .replace('hitPolicy', 'aggregation="SUM" hitPolicy')
      .replace('</inputExpression>', '</inputExpression><inputValues><text>"gold", "silver"</text></inputValues>')
      .replace('<decisionTable', '<description>What is taken off.</description><decisionTable');

    const [read1] = await read(text);

    assert.equal(read1?.aggregation, 'SUM');
    assert.equal(read1?.inputs[0]?.allowed, '"gold", "silver"');
    assert.equal(read1?.description, 'What is taken off.');
  });

  const refused: [string, string, RegExp][] = [
    ['broken XML', asDmn(table).slice(0, 400), /^it is not DMN: /],
    ['what is no XML', 'decisions: []', /^it is not DMN: /],
    ['XML that is no DMN', '<html><body /></html>', /^it is not DMN: there is no element definitions$/],
    [
      'DMN of another version',
      asDmn(table, 'https://www.omg.org/spec/DMN/20301231/MODEL/'),
      /^the element definitions is in the namespace https:.*20301231\/MODEL\/, which is none of DMN 1\.1 to 1\.5$/,
    ],
    [
      'definitions without a namespace',
      asDmn(table).replace(/ xmlns="[^"]*"/, ''),
      /^the element definitions is in the namespace \(none\), which is none of DMN 1\.1 to 1\.5$/,
    ],
    [
      'an element that is not in DMN',
      asDmn(table).replaceAll('decisionTable', 'decisionTabel'),
      /^unparsable content <decisionTabel>/,
    ],
    [
      'a hit policy that there is not',
      asDmn(table).replace('RULE ORDER', 'LAST'),
      /^table a-table has the hit policy LAST; known are UNIQUE, ANY, FIRST, PRIORITY, RULE ORDER, OUTPUT ORDER, COLLECT$/,
    ],
  ];
  for (const [what, text, detail] of refused)
    it(`refuses ${what}`, async () => {
      await assert.rejects(read(text), (error: Error & { code: string }) => {
        assert.equal(error.code, 'TABLE_INVALID');
        const [, said] = /^(.*) cannot be used: (.*)\.$/s.exec(error.message)?.slice(1) ?? [];
        assert.match(said ?? error.message, detail);
        return true;
      });
    });
});
