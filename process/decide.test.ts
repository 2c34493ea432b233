import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../ledger/digest.ts';
import { type DecisionTables, loadDecisions } from './decide.ts';
import { asDmn, tableSource } from './fixtures/table-source.ts';

const sizes = asDmn(
  tableSource({
    id: 'sizes',
    inputs: ['kind: string', 'size: number'],
    outputs: ['name: string', 'twice: number'],
    rules: [
      ['"file"', '>= 100', '"large file"', 'size * 2'],
      ['"file"', '-', '"file"', 'size * 2'],
      ['-', '>= 50', '"large"', 'size * 2'],
      ['-', '-', '"small"', 'size * 2'],
    ],
  }),
);
const clash = asDmn(
  tableSource({
    id: 'clash',
    hitPolicy: 'UNIQUE',
    inputs: ['x: number'],
    rules: [
      ['? > 1', '"a"'],
      ['? > 2', '"b"'],
    ],
  }),
);
const words = asDmn(
  tableSource({ id: 'words', inputs: ['word: string'], rules: [['"yes"', '"oui"']], defaults: ['null'] }),
);

/** What `sizes` says, in other words. */
function expected(kind: string, size: number): unknown {
  const row = kind === 'file' ? (size >= 100 ? 1 : 2) : size >= 50 ? 3 : 4;
  const name = ['large file', 'file', 'large', 'small'][row - 1];
  return {
    table: 'sizes',
    version: digestOf(sizes),
    rules: [row],
    inputs: { kind, size },
    output: { name, twice: size * 2 },
  };
}

describe('Decision tables', () => {
  let folder: string;
  let decisions: DecisionTables;

  async function write(name: string, text: string): Promise<string> {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arbiter-decide-'));
    decisions = await loadDecisions([
      await write('sizes.dmn', sizes),
      await write('clash.dmn', clash),
      await write('words.dmn', words),
    ]);
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('answer with the table, its version, the rule, the inputs and the output', async () => {
    assert.deepEqual(await decisions.decide('sizes', { kind: 'file', size: 7, other: true }), expected('file', 7));
  });

  it('give the same record for the same inputs, whatever the other facts', async () => {
    const first = await decisions.decide('sizes', { kind: 'file', size: 7, other: 1 });
    const second = await decisions.decide('sizes', { kind: 'file', size: 7, other: 2 });

    assert.equal(second, first);
  });

  it('keep apart inputs that look alike', async () => {
    const asNumber = await decisions.decide('sizes', { kind: 'file', size: 7 });
    const asText = await decisions.decide('sizes', { kind: 'file', size: '7' });
    const missing = await decisions.decide('sizes', { kind: 'file' });

    assert.deepEqual(
      [asNumber, asText, missing].map(({ inputs }) => inputs.size),
      [7, '7', null],
    );
  });

  it('answer 200 askers at once with different inputs, each rightly', async () => {
    const questions = Array.from({ length: 200 }, (_, index) => ({ kind: index % 3 ? 'file' : 'folder', size: index }));

    const records = await Promise.all(questions.map((facts) => decisions.decide('sizes', facts)));

    assert.deepEqual(
      records,
      questions.map(({ kind, size }) => expected(kind, size)),
    );
  });

  it('answer 200 askers at once with the same inputs, each rightly', async () => {
    const records = await Promise.all(
      Array.from({ length: 200 }, () => decisions.decide('sizes', { kind: 'folder', size: 60 })),
    );

    for (const record of records) assert.deepEqual(record, expected('folder', 60));
  });

  it('answer askers in waves, where one question ends while others begin', async () => {
    const wave = async (start: number): Promise<void> => {
      for (let size = start; size < 200; size += 20)
        assert.deepEqual(await decisions.decide('sizes', { kind: 'folder', size }), expected('folder', size));
    };

    await Promise.all(Array.from({ length: 20 }, (_, start) => wave(start)));
  });

  it('answer rightly when one question ends while another begins', async () => {
    for (let ticks = 0; ticks < 100; ticks++) {
      const first = decisions.decide('sizes', { kind: 'folder', size: ticks });
      for (let tick = 0; tick < ticks; tick++) await null;
      const second = decisions.decide('sizes', { kind: 'folder', size: 1000 + ticks });

      assert.deepEqual(await first, expected('folder', ticks));
      assert.deepEqual(await second, expected('folder', 1000 + ticks));
    }
  });

  it('answer rightly beside a question that fails', async () => {
    const [first, failing, second] = await Promise.allSettled([
      decisions.decide('clash', { x: 2 }),
      decisions.decide('clash', { x: 3 }),
      decisions.decide('clash', { x: 1.5 }),
    ]);

    assert.equal(first.status === 'fulfilled' && first.value.output, 'a');
    assert.equal(failing.status === 'rejected' && failing.reason.code, 'TABLE_INVALID');
    assert.equal(second.status === 'fulfilled' && second.value.output, 'a');
    await assert.rejects(decisions.decide('clash', { x: 3 }), { code: 'TABLE_INVALID' });
  });

  it('still answer rightly after more questions than are remembered', async () => {
    for (let word = 0; word < 10_000; word++) await decisions.decide('words', { word: `${word}` });

    for (const [word, output] of [
      ['yes', 'oui'],
      ['no', null],
      ['5', null],
      ['yes', 'oui'],
    ])
      assert.equal((await decisions.decide('words', { word })).output, output);
  });

  it('of a later file replace those of the same id', async () => {
    const own = asDmn(tableSource({ id: 'sizes', inputs: ['kind: string'], rules: [['-', '"mine"']] }));

    const both = await loadDecisions([
      join(folder, 'sizes.dmn'),
      join(folder, 'clash.dmn'),
      await write('own.dmn', own),
    ]);

    const record = await both.decide('sizes', { kind: 'file' });
    assert.deepEqual([record.output, record.version], ['mine', digestOf(own)]);
    assert.deepEqual([...both.tables.keys()], ['sizes', 'clash']);
  });

  it('pass over a file that is not there, as long as there is one', async () => {
    const some = await loadDecisions([join(folder, 'sizes.dmn'), join(folder, 'nowhere.dmn')]);

    assert.deepEqual([...some.tables.keys()], ['sizes']);
    await assert.rejects(loadDecisions([join(folder, 'nowhere.dmn')]), {
      message: `No decision table was found in ${join(folder, 'nowhere.dmn')}.`,
    });
  });

  it('are not asked for a table that there is not', () => {
    assert.throws(() => decisions.decide('colours', {}), { message: 'There is no decision table colours.' });
  });

  it('are refused at load when a cell means nothing', async () => {
    const file = await write('broken.dmn', clash.replace('"b"', 'b'));

    await assert.rejects(loadDecisions([file]), {
      code: 'TABLE_INVALID',
      message: `${file} cannot be used: table clash, rule 2, column answer: b: Variable 'b' not found.`,
    });
  });
});
