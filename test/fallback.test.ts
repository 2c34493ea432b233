// A tool that fails for good, and what the table fallback puts in its place.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskBody } from '../contracts/generated/ledger.v1.ts';
import { openReader } from '../ledger/reader.ts';
import { writeLooker } from './fixture-plugins.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

type Row = readonly [tool: string, fallbacks: string, action: string, other: string, value: string];

/** A table of these rows, and of one that gives up. */
function fallbackTable(rows: readonly Row[]): string {
  const all = [...rows, ['-', '-', '"none"', 'null', 'null'] as const].map(
    ([tool, fallbacks, action, other, value], index) => `<rule id="fallback.rule${index + 1}">
      ${[tool, fallbacks].map((text, at) => `<inputEntry id="fallback.rule${index + 1}.in${at}"><text>${text}</text></inputEntry>`).join('')}
      ${[action, other, value].map((text, at) => `<outputEntry id="fallback.rule${index + 1}.out${at}"><text>${text}</text></outputEntry>`).join('')}
    </rule>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="own" name="own" namespace="urn:own">
  <decision id="fallback" name="Fallback"><decisionTable id="fallback.table" hitPolicy="FIRST">
    <input id="in1" label="tool"><inputExpression id="in1.expression" typeRef="string"><text>tool</text></inputExpression></input>
    <input id="in2" label="fallbacks"><inputExpression id="in2.expression" typeRef="number"><text>fallbacks</text></inputExpression></input>
    <output id="out1" name="action" typeRef="string" />
    <output id="out2" name="tool" typeRef="string" />
    <output id="out3" name="value" typeRef="Any" />
    ${all.join('\n')}
  </decisionTable></decision>
</definitions>`;
}

describe('a tool that fails for good', () => {
  let at: TemporaryHome;
  let folder: string;
  beforeEach(() => {
    at = temporaryHome();
    folder = at.folder('shop');
    writeLooker(at);
  });
  afterEach(() => at.remove());

  const table = (...rows: Row[]) => writeFileSync(join(at.home.process, 'decisions.dmn'), fallbackTable(rows));
  const look = (id: string, more: object = {}) => ({
    id,
    tool: 'look',
    workspace: folder,
    retry: { maxAttempts: 1 },
    ...more,
  });
  async function run(task: { id: string }, status = 0) {
    at.drop(`${task.id}.jsonl`, [task]);
    const ended = await at.arbiter('start', '--once');
    assert.equal(ended.status, status, ended.stdout + ended.stderr);
    const reader = openReader(at.home.ledger);
    const body = reader.outcomeOf(task.id)?.body as TaskBody;
    reader.close();
    return { result: at.results(`${task.id}.jsonl`)[0], body };
  }

  it('fails, as the tables are shipped', async () => {
    const { result, body } = await run(look('a'), 1);
    assert.equal(result?.code, 'TOOL_FAILED_RETRYABLE');
    assert.equal(body.fallbacks, undefined);
  });

  it('has another tool in its place, which gets the same input, and the entry says so', async () => {
    table(['"look"', '0', '"tool"', '"sicken"', 'null']);
    const { result, body } = await run(look('a'));
    assert.deepEqual([result?.status, result?.output], ['done', 'well']);
    assert.match(
      result?.note ?? '',
      /^In the place of look, which failed \(TOOL_FAILED_RETRYABLE: .*not ready.*\), there is the tool sicken\.$/,
    );
    assert.deepEqual(
      body.fallbacks?.map(({ action, tool, code, decision }) => [action, tool, code, decision.table, decision.rules]),
      [['tool', 'look', 'TOOL_FAILED_RETRYABLE', 'fallback', [1]]],
    );
  });

  it('has its last result of the same task in its place, or else a value', async () => {
    table(['"look"', '0', '"cached"', 'null', 'null'], ['"look"', '1', '"value"', 'null', '{ "known": false }']);
    const without = await run(look('a'));
    assert.deepEqual(without.result?.output, { known: false });
    assert.deepEqual(
      without.body.fallbacks?.map(({ action, code }) => [action, code]),
      [
        ['cached', 'TOOL_FAILED_RETRYABLE'],
        ['value', 'FALLBACK_UNFIT'],
      ],
    );

    const other = { title: 'another task' };
    writeFileSync(join(folder, 'ready'), '');
    const good = await run(look('b', other));
    rmSync(join(folder, 'ready'));
    const { result } = await run(look('c', other));
    assert.equal(result?.output, 'ready');
    assert.match(result?.note ?? '', new RegExp(`there is the result of entry ${good.result?.entry}\\.$`));
  });

  it('fails when what the table names does not fit, and is not asked for ever', async () => {
    table(['-', '-', '"tool"', '"look"', 'null']);
    const { result, body } = await run(look('a'), 1);
    assert.equal(result?.code, 'FALLBACK_UNFIT');
    assert.match(result?.message ?? '', /it is the tool that has failed/);
    assert.equal(body.fallbacks?.length, 5);
  });

  it('that changes something is not answered by a value', async () => {
    table(['-', '0', '"value"', 'null', '{}']);
    const missing = {
      id: 'a',
      tool: 'file-writer',
      workspace: folder,
      input: { files: [{ path: 'x', delete: true }] },
    };
    const { result } = await run(missing, 1);
    assert.equal(result?.code, 'FALLBACK_UNFIT');
    assert.match(result?.message ?? '', /file-writer changes something, and a result would not/);
  });

  it('that was cancelled has nothing in its place', async () => {
    table(['-', '-', '"value"', 'null', '"never"']);
    const { result } = await run(look('a', { budget: { timeMs: 1 }, retry: { maxAttempts: 5, delayMs: 50 } }), 1);
    assert.equal(result?.code, 'BUDGET_SPENT');
  });
});
