import assert from 'node:assert/strict';
import { ownStepsIn } from './own-steps.ts';
import type { OwnStepsBox } from './own-steps-box.ts';

const boxWith = (...steps: string[]): OwnStepsBox => ({
  list: async () => ({ steps }),
  run: () => assert.fail('nothing has to run'),
  stop: async () => {},
});
const file = 'conformance/steps.mjs';

describe('Own steps', () => {
  it('check something where they begin with Then', async () => {
    const steps = await ownStepsIn(boxWith('Given a cup of {text}', 'Then there is tea'), file);

    assert.deepEqual(
      steps.map(({ says, checks, of }) => [says, checks, of]),
      [
        ['Given a cup of {text}', false, 'of the plugin'],
        ['Then there is tea', true, 'of the plugin'],
      ],
    );
  });

  const refused: Readonly<Record<string, RegExp>> = {
    'When it boils': /^expected: own steps that begin with Given or Then: Arbiter runs the tool\ncame: When it boils\n/,
    'Given {colour}':
      /^expected: own steps worded as Cucumber expressions\ncame: Given \{colour\}: .*Undefined parameter/s,
    'Then the output is {}':
      /^expected: own steps beside those that are built in\ncame: Then the output is \{\} would stand for Then the output is \{json\}\n/,
    'Given the file {string} with {string}': /would stand for Given the file \{text\} with \{text\}/,
  };

  for (const [says, message] of Object.entries(refused))
    it(`are refused at load: ${says}`, async () => {
      await assert.rejects(ownStepsIn(boxWith('Given a', says), file), { name: 'Unmet', message, file });
    });
});
