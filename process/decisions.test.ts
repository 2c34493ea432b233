import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { check } from '../contracts/check.ts';
import { type DecisionTables, loadDecisions } from './decide.ts';
import type { Facts } from './decisions/compile-table.ts';

type Case = [facts: Facts, rule: number, output: unknown];

const failure = {
  code: 'TOOL_FAILED_RETRYABLE',
  retryable: true,
  failures: 1,
  maxAttempts: 3,
  tags: [],
  wished: false,
};
const outcome = (action: string, strategy: string | null, delayMs: number | null) => ({ action, strategy, delayMs });
const change = { category: 'state-change', changedFiles: 1, tags: [] };
const wish = { category: 'state-change', wish: 'default', whatIf: false, tags: [] };

const cases: Record<string, Case[]> = {
  'plugin-selection': [
    [{ tool: 'git-status', owner: 'other' }, 1, 'git-inspector'],
    [{ tool: 'git-diff', owner: 'other' }, 1, 'git-inspector'],
    [{ tool: 'git-log', owner: 'other' }, 1, 'git-inspector'],
    [{ tool: 'jsonl-parser', owner: 'other' }, 2, 'task-parser'],
    [{ tool: 'task-validator', owner: 'other' }, 2, 'task-parser'],
    [{ tool: 'file-writer', owner: 'other' }, 3, 'file-writer'],
    [{ tool: 'contract-validator', owner: 'other' }, 4, 'contract-validator'],
    [{ tool: 'branch-router', owner: 'other' }, 5, 'branch-router'],
    [{ tool: 'count-words', owner: 'word-count' }, 6, 'word-count'],
    [{ tool: 'count-words' }, 6, null],
  ],
  retry: [
    [{ ...failure, code: 'EFFECT_HALF_APPLIED', retryable: false }, 1, outcome('quarantine', 'linear', 0)],
    [{ ...failure, code: 'TOOL_FAILED', retryable: false }, 2, outcome('fail', 'linear', 0)],
    [{ ...failure, tags: ['nightly', 'no-retry'] }, 3, outcome('fail', 'linear', 0)],
    [{ ...failure, code: 'PLUGIN_DIED', failures: 3 }, 4, outcome('quarantine', 'linear', 0)],
    [{ ...failure, code: 'PLUGIN_TIMEOUT', failures: 4 }, 4, outcome('quarantine', 'linear', 0)],
    [{ ...failure, code: 'PLUGIN_DIED', failures: 2 }, 8, outcome('retry', null, null)],
    [{ ...failure, failures: 3 }, 5, outcome('fail', 'linear', 0)],
    [{ ...failure, failures: 1, maxAttempts: 1 }, 5, outcome('fail', 'linear', 0)],
    [{ ...failure, code: 'WORKSPACE_MOVED' }, 6, outcome('retry', 'linear', 50)],
    [{ ...failure, code: 'WORKSPACE_MOVED', failures: 3 }, 5, outcome('fail', 'linear', 0)],
    [{ ...failure, code: 'PLUGIN_CIRCUIT_OPEN' }, 7, outcome('fail', 'linear', 0)],
    [{ ...failure, code: 'PLUGIN_CIRCUIT_OPEN', wished: true }, 8, outcome('retry', null, null)],
    [failure, 8, outcome('retry', null, null)],
    [{ ...failure, tags: undefined }, 8, outcome('retry', null, null)],
  ],
  fallback: [[{ tool: 'look', code: 'TOOL_FAILED', fallbacks: 0 }, 1, { action: 'none', tool: null, value: null }]],
  'gate-tier': [
    [{ ...change, changedFiles: 0, tags: ['release'] }, 1, 'none'],
    [{ ...change, tags: ['release'] }, 2, 'L0-L5'],
    [{ ...change, changedFiles: 51 }, 3, 'L0-L3'],
    [{ ...change, changedFiles: 50 }, 4, 'L0'],
    [change, 4, 'L0'],
    [{ ...change, tags: undefined }, 4, 'L0'],
    [{ ...change, category: 'transformation' }, 5, 'none'],
  ],
  rollback: [
    [{ gate: 'fail', changedFiles: 20_000 }, 1, 'rollback'],
    [{ gate: 'pass', changedFiles: 10_001 }, 2, 'manual'],
    [{ gate: 'pass', changedFiles: 10_000 }, 3, 'keep'],
    [{ gate: 'pass', changedFiles: 0 }, 3, 'keep'],
  ],
  approval: [
    [{ ...wish, whatIf: true, wish: 'required' }, 1, false],
    [{ ...wish, wish: 'required' }, 2, true],
    [{ ...wish, tags: ['needs-approval'] }, 3, true],
    [{ ...wish, category: 'acquisition', tags: ['needs-approval'] }, 4, false],
    [wish, 4, false],
  ],
};

describe('process/decisions.dmn as shipped', () => {
  let decisions: DecisionTables;

  before(async () => {
    decisions = await loadDecisions([fileURLToPath(new URL('./decisions.dmn', import.meta.url))]);
  });

  it('holds the seven tables', () => {
    assert.deepEqual([...decisions.tables.keys()].sort(), [...Object.keys(cases), 'gate-tools'].sort());
  });

  for (const [table, questions] of Object.entries(cases))
    for (const [facts, rule, output] of questions)
      it(`${table} answers ${JSON.stringify(facts)} by rule ${rule}`, async () => {
        const record = await decisions.decide(table, facts);

        assert.deepEqual({ rules: record.rules, output: record.output }, { rules: [rule], output });
      });

  for (const [table, questions] of Object.entries(cases))
    it(`${table} has a question here for every rule`, () => {
      const asked = new Set(questions.map(([, rule]) => rule));

      assert.equal(asked.size, decisions.tables.get(table)?.source.rules.length);
    });

  const tools: [level: string, extension: string, tools: string[]][] = [
    ['L0', 'json', ['contract-validator']],
    ['L0', 'jsonl', ['contract-validator']],
    ['L0', 'yaml', ['contract-validator']],
    ['L0', 'yml', ['contract-validator']],
    ['L0', 'md', []],
    ['L1', 'json', []],
  ];
  for (const [level, extension, output] of tools)
    it(`gate-tools gives ${output.length} tools for ${level} and .${extension}`, async () => {
      assert.deepEqual((await decisions.decide('gate-tools', { level, extension })).output, output);
    });

  it('gives records that fit the ledger', async () => {
    const record = await decisions.decide('retry', failure);

    const body = { schema: 'ledger.v1', kind: 'task', task: null, taskDigest: record.version, outcome: 'failed' };
    const envelope = { time: '2026-01-01T00:00:00.000Z', host: 'h', pid: 1, kernel: '0.1.0' };
    assert.equal(check('ledger.v1', { body: { ...body, decisions: [record] }, envelope }).ok, true);
  });
});
