import assert from 'node:assert/strict';
import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { caseIds } from '../requirements.ts';
import type { Verdict } from './conform.ts';
import type { CaseResult } from './run-level.ts';
import { sarifText } from './sarif.ts';

const failed: CaseResult = {
  ...{ id: 'L2/scenario', level: 'L2', title: 'counts words', state: 'failed', ms: 3 },
  detail: 'expected: 2\ncame: 3\nreproduce: conformance/a b.feature:7: the output is 2',
  ...{ file: 'conformance/a b.feature', line: 7 },
};
const verdictOf = (cases: readonly CaseResult[], folder = '/repository/plugins/words'): Verdict => ({
  ...{ folder, plugin: 'words', version: '1.0.0', category: 'transformation', digest: null, reached: 'L1' },
  ...{ extent: { seed: 1, inputs: 1, samples: 1, isolation: 'auto', policies: null }, cases, figures: [] },
});
const sarif = (cases: readonly CaseResult[], folder?: string) =>
  JSON.parse(sarifText([verdictOf(cases, folder)], '/repository'));

describe('A verdict as SARIF', () => {
  it('fits the schema of SARIF 2.1.0', () => {
    const { id: _, $schema: __, ...schema } = sarifSchema as Record<string, unknown>;
    const fits = new Ajv({ strict: false, unicodeRegExp: false, validateFormats: false, allErrors: true }).compile(
      schema,
    );
    const skipped: CaseResult = { ...failed, state: 'skipped', detail: 'it has none' };

    for (const cases of [[], [failed, skipped, { ...failed, state: 'passed' as const }]])
      assert.ok(fits(sarif(cases)), JSON.stringify(fits.errors));
    assert.equal(fits({ ...sarif([]), runs: [{ results: [{}] }] }), false);
  });

  it('has every case as a rule with words of its own', () => {
    const { rules } = sarif([]).runs[0].tool.driver;

    assert.deepEqual(
      rules.map(({ id }: { id: string }) => id),
      caseIds,
    );
    for (const { id, shortDescription, help } of rules)
      assert.ok(shortDescription.text && help.text.includes(shortDescription.text), id);
  });

  it('says of a failure what, where and how to reproduce it', () => {
    const [result, ...others] = sarif([failed, { ...failed, state: 'passed' }]).runs[0].results;

    assert.deepEqual(others, []);
    assert.deepEqual([result.ruleId, result.level], ['L2/scenario', 'error']);
    assert.equal(result.message.text, `words, counts words.\n${failed.detail}`);
    const { artifactLocation, region } = result.locations[0].physicalLocation;
    assert.deepEqual([artifactLocation.uri, region.startLine], ['plugins/words/conformance/a%20b.feature', 7]);
  });

  it('gives the same failure the same fingerprint, wherever it has gone, and another failure another one', () => {
    const fingerprint = (one: CaseResult) => sarif([one]).runs[0].results[0].partialFingerprints['arbiterCase/v1'];

    assert.equal(fingerprint({ ...failed, line: 9, detail: 'something else' }), fingerprint(failed));
    assert.notEqual(fingerprint({ ...failed, title: 'counts lines' }), fingerprint(failed));
  });

  it('takes the spec where a failure names no file, and the whole path of what lies elsewhere', () => {
    const { file: _, line: __, ...nowhere } = failed;
    const { artifactLocation, region } = sarif([nowhere], '/elsewhere/words').runs[0].results[0].locations[0]
      .physicalLocation;

    assert.deepEqual([artifactLocation.uri, region.startLine], ['file:///elsewhere/words/plugin.spec.json', 1]);
  });

  it('says aloud what was skipped', () => {
    const [note] = sarif([{ ...failed, state: 'skipped', detail: 'it has none' }]).runs[0].invocations[0]
      .toolExecutionNotifications;

    assert.deepEqual([note.level, note.message.text], ['note', 'words, counts words: skipped, it has none']);
  });
});
