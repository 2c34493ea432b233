import assert from 'node:assert/strict';
import { unmet } from '../run/case.ts';
import { builtInSteps } from './built-in-steps.ts';
import { wordingOf } from './expressions.ts';
import { matchStep } from './match-step.ts';
import type { ScenarioStep } from './read-feature.ts';
import type { Step } from './step.ts';

const own = (says: string): Step => ({
  ...{ says, of: 'of the plugin', below: 'anything', checks: true },
  wording: wordingOf(says.replace(/^\w+ /, '')),
  run: () => assert.fail('nothing has to run'),
});
const match = (step: Omit<ScenarioStep, 'line'>, more: readonly Step[] = []) =>
  matchStep({ line: 1, ...step }, [...builtInSteps, ...more], (expected, came) => unmet(expected, came, 'here'));

describe('The steps of scenarios', () => {
  it('each match their own example and no other', () => {
    for (const { says, example, below } of builtInSteps) {
      const { step } = match({
        text: example,
        ...(below === 'doc string' && { docString: '' }),
        ...(below === 'table' && { table: [] }),
      });
      assert.equal(step.says, says);
    }
  });

  it('take texts as JSON has them, and what stands below as the last', () => {
    assert.deepEqual(match({ text: 'the file "a\\u0062\\"" with "\\n"' }).parameters, ['ab"', '\n']);
    assert.deepEqual(match({ text: 'the input:', docString: '{}' }).parameters, ['{}']);
    assert.deepEqual(match({ text: 'the output is [1,"]"]' }).parameters, [[1, ']']]);
    assert.deepEqual(match({ text: '3 words', table: [['a']] }, [own('Then {int} words')]).parameters, [3, [['a']]]);
  });

  it('are named to whoever wrote another, the own ones too', () => {
    assert.throws(() => match({ text: 'the moon rises' }, [own('Then the sun sets')]), {
      message:
        /^expected: one of the steps: Given the input \{object\}; .*; Then the sun sets \(own\)\ncame: the moon rises\n/,
    });
  });

  it('are both named where a text is worded as two', () => {
    assert.throws(() => match({ text: 'the output is 3' }, [own('Then the output is {int}')]), {
      message: /came: the output is 3: Then the output is \{json\}, and Then the output is \{int\} \(own\)/,
    });
  });

  it('say what has to stand below them, and where JSON is none', () => {
    assert.throws(() => match({ text: 'the input:' }), {
      message: /expected: doc string below the step Given the input:\ncame: nothing/,
    });
    assert.throws(() => match({ text: 'the tool runs', docString: 'now' }), {
      message: /expected: nothing below the step When the tool runs\ncame: doc string/,
    });
    assert.throws(() => match({ text: 'the input {"text":}' }), {
      message: /expected: JSON in its place in Given the input \{object\}\ncame: .*JSON/,
    });
  });
});
