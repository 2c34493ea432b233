import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../ledger/digest.ts';
import { asDmn, tableSource } from './fixtures/table-source.ts';
import { readDecisionTables, type TableSource } from './read-dmn.ts';

const table = tableSource({
  hitPolicy: 'RULE ORDER',
  inputs: ['level: string', 'size: number'],
  outputs: ['discount: number', 'note: string'],
  rules: [
    ['"gold"', '< 3', '1', '"a & b"'],
    ['-', '-', 'size', 'null'],
  ],
});

describe('readDecisionTables', () => {
  let file: string;

  beforeEach(async () => {
    file = join(await mkdtemp(join(tmpdir(), 'arbiter-dmn-')), 'decisions.dmn');
  });

  afterEach(() => rm(join(file, '..'), { recursive: true, force: true }));

  async function read(text: string): Promise<TableSource[]> {
    await writeFile(file, text);
    return readDecisionTables(file);
  }

  const namespaces = {
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

    assert.deepEqual(read1?.outputs, [{ name: 'a-table', type: 'number' }]);
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

  const refused: [string, string, RegExp][] = [
    ['broken XML', asDmn(table).slice(0, 400), /^it is not DMN: /],
    ['what is no XML', 'decisions: []', /^it is not DMN: /],
    ['XML that is no DMN', '<html><body /></html>', /^it is not DMN: /],
    ['DMN 1.1', asDmn(table, 'http://www.omg.org/spec/DMN/20151101/dmn.xsd'), /^it is not DMN: /],
    [
      'an element that is not in DMN',
      asDmn(table).replaceAll('decisionTable', 'decisionTabel'),
      /^unparsable content <decisionTabel>/,
    ],
    ['a file without a table', asDmn(table).replace(/<decision .*<\/decision>/s, ''), /^it holds no decision table$/],
    [
      'a hit policy that is not known here',
      asDmn(table).replace('RULE ORDER', 'PRIORITY'),
      /^table a-table has the hit policy PRIORITY; known are UNIQUE, FIRST, ANY, COLLECT, RULE ORDER$/,
    ],
    [
      'an aggregation',
      asDmn({ ...table, hitPolicy: 'COLLECT' }).replace('hitPolicy', 'aggregation="SUM" hitPolicy'),
      /^table a-table aggregates with SUM, which is not known here$/,
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
