import assert from 'node:assert/strict';
import { tableSource } from '../fixtures/table-source.ts';
import type { Cell } from './feel/cell.ts';
import { newMatching } from './match-rules.ts';
import type { TableSource } from './model.ts';

/** A cell that notes when it is asked; `open` ones have no quick answer. */
function cellOf(name: string, answer: boolean, asked: string[], open = false): Cell {
  return {
    quick: () => {
      asked.push(`${name} quick`);
      return open ? undefined : answer;
    },
    test: () => {
      asked.push(`${name} anew`);
      return answer;
    },
  };
}

function table(hitPolicy: TableSource['hitPolicy'], rows: number): TableSource {
  const rules = Array.from({ length: rows }, (): [string, string, string] => ['-', '-', '1']);
  return { ...tableSource({ inputs: ['x: Any', 'y: Any'], rules }), hitPolicy };
}

describe('Which rules match', () => {
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });

  it('is told by quick cells alone where they suffice, equal ones asked once', async () => {
    const [yes, no] = [cellOf('yes', true, asked), cellOf('no', false, asked)];
    const matching = newMatching(table('COLLECT', 4), [
      [yes, null],
      [no, yes],
      [yes, no],
      [null, null],
    ]);

    assert.deepEqual(await matching.rows([1, 2], {}), [0, 3]);
    // The same cell in another column has another input.
    assert.deepEqual(asked, ['yes quick', 'no quick', 'no quick']);
  });

  it('is for the rules engine where a cell is open and no other rules its row out', async () => {
    const [yes, no] = [cellOf('yes', true, asked, true), cellOf('no', false, asked, true)];
    const matching = newMatching(table('COLLECT', 4), [
      [yes, null],
      [no, null],
      [yes, cellOf('never', false, asked)],
      [null, yes],
    ]);

    assert.deepEqual(await matching.rows([1, 2], {}), [0, 3]);
    assert.deepEqual(asked.filter((one) => one.endsWith('anew')).sort(), ['no anew', 'yes anew', 'yes anew']);
  });

  it('goes no further than the first of them where the policy is FIRST', async () => {
    const later = cellOf('later', true, asked);
    const rows = [
      [cellOf('open', false, asked, true), null],
      [null, null],
      [later, null],
    ];

    assert.deepEqual(await newMatching(table('FIRST', 3), rows).rows([1, 2], {}), [1]);
    assert.deepEqual(asked, ['open quick', 'open anew']);
    assert.deepEqual(newMatching(table('FIRST', 3), rows).rowsNow([1, 2], {}), [1]);
    assert.deepEqual(await newMatching(table('UNIQUE', 3), rows).rows([1, 2], {}), [1, 2]);
  });

  it('is told at once, without the engine, where nothing can wait', () => {
    const matching = newMatching(table('COLLECT', 2), [
      [cellOf('yes', true, asked, true), null],
      [cellOf('no', false, asked, true), null],
    ]);

    assert.deepEqual(matching.rowsNow([1, 2], {}), [0]);
    assert.deepEqual(asked, ['yes anew', 'no anew']);
  });
});
