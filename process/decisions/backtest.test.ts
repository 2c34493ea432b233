import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDecisions } from '../decide.ts';
import { asDmn, tableSource } from '../fixtures/table-source.ts';
import { backtest, type RecordedDecision } from './backtest.ts';

const sizes = tableSource({
  id: 'sizes',
  hitPolicy: 'UNIQUE',
  inputs: ['size: number', 'kind: string'],
  rules: [
    ['> 10', '-', '"large"'],
    ['<= 10', '-', '"small"'],
    ['? = 5', '"odd"', '"five"'],
  ],
});

function recorded(task: string, inputs: Record<string, unknown>, output: unknown, table = 'sizes'): RecordedDecision {
  return { task, entry: 7, decision: { table, version: sizes.version, rules: [1], inputs, output } };
}

describe('A backtest', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arbiter-backtest-'));
    await writeFile(join(folder, 'sizes.dmn'), asDmn(sizes));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('lists decisions with another output, those that now clash, and inputs that were not recorded', async () => {
    const decisions = await loadDecisions([join(folder, 'sizes.dmn')]);

    const { byTable, differences } = await backtest(decisions, [
      recorded('same', { size: 11, kind: 'x' }, 'large'),
      recorded('other', { size: 10, kind: 'x' }, 'large'),
      recorded('unknown-kind', { size: 3 }, 'small'),
      recorded('clash', { size: 5, kind: 'odd' }, 'small'),
      recorded('elsewhere', {}, 'a', 'another-table'),
    ]);

    assert.deepEqual(byTable, { sizes: { asked: 4, different: 2, missing: ['kind'] } });
    assert.deepEqual(
      differences.map(({ task }) => task),
      ['other', 'clash'],
    );
    assert.deepEqual(differences[0]?.after, { rules: [2], output: 'small' });
    assert.match(
      JSON.stringify(differences[1]?.after),
      /rules 2 and 3 of the UNIQUE table sizes match the same inputs/,
    );
  });
});
