import assert from 'node:assert/strict';
import { ArbiterError, catalogue, type ErrorCode, fault } from './errors.ts';

const codes = Object.keys(catalogue) as ErrorCode[];
const placeholder = /\{([A-Za-z]+)\}/g;

/** Every parameter of a code, each with a value that says whose it is. */
function everyParameter(code: ErrorCode): Record<string, string> {
  const { message, expected, remedy } = catalogue[code];
  const names = [...`${message} ${expected} ${remedy}`.matchAll(placeholder)].map(([, name]) => name as string);
  return Object.fromEntries(names.map((name) => [name, `the ${name}`]));
}

describe('The error catalogue', () => {
  for (const code of codes)
    it(`fills every placeholder of ${code}`, () => {
      const parameters = everyParameter(code);

      const error = new ArbiterError(code, parameters);

      const text = `${error.message} ${error.expected} ${error.remedy}`;
      assert.doesNotMatch(text, placeholder);
      for (const value of Object.values(parameters)) assert.ok(text.includes(value), `${value} is not in: ${text}`);
    });

  for (const code of codes)
    it(`says for ${code} what happened, what was expected, what to try and who must act`, () => {
      const { message, expected, remedy, actor, retryable } = new ArbiterError(code, everyParameter(code));

      for (const sentence of [message, expected, remedy]) assert.match(sentence, /\S/);
      assert.ok(['submitter', 'plugin-author', 'operator', 'policy'].includes(actor));
      assert.equal(typeof retryable, 'boolean');
    });

  it('leaves trying again to faults that may pass by themselves', () => {
    assert.deepEqual(
      codes.filter((code) => catalogue[code].retryable),
      [
        'WORKSPACE_MOVED',
        'PLUGIN_DIED',
        'PLUGIN_TIMEOUT',
        'PLUGIN_CIRCUIT_OPEN',
        'TOOL_FAILED_RETRYABLE',
        'EFFECT_NOT_APPLIED',
        'DISK_FULL',
        'REQUEST_UNDELIVERED',
      ],
    );
  });
});

describe('fault', () => {
  const messages: [ArbiterError, string][] = [
    [
      fault('LINE_NOT_JSON', { line: 3, detail: 'Unexpected end of JSON input' }),
      'Line 3 is not JSON: Unexpected end of JSON input.',
    ],
    [fault('LINE_NOT_OBJECT', { line: 1, found: 'a list' }), 'Line 1 is JSON, but a list instead of an object.'],
    [fault('LINE_TOO_LONG', { line: 9, bytes: 2_000_000, limit: 1_048_576 }), 'Line 9 has 2000000 bytes.'],
    [
      fault('ID_REUSED', { id: 'nightly', entry: 17 }),
      'The id nightly belongs to another task already (ledger entry 17).',
    ],
    [
      fault('PLUGIN_TIMEOUT', { plugin: 'resize-image', tool: 'resize', limitMs: 10_000 }),
      'Plugin resize-image did not answer resize within 10000 ms; its process was killed.',
    ],
    [
      fault('PLUGIN_CIRCUIT_OPEN', { plugin: 'resize', failures: 10, because: 'PLUGIN_DIED', until: 'noon' }),
      'Plugin resize was not asked: it failed 10 times in a row, the last time with PLUGIN_DIED.',
    ],
    [
      fault('BUDGET_SPENT', { used: '1200 tokens', budget: '1000 tokens', last: '' }),
      'The budget of the task is spent: 1200 tokens of 1000 tokens.',
    ],
    [fault('HOME_STOPPED', { file: '/h/STOP' }), 'There is a file /h/STOP: it keeps kernels from running here.'],
    [fault('HOME_BUSY', { path: '/home/ada/arbiter' }), 'Another process holds the ledger of /home/ada/arbiter.'],
    [
      fault('LEDGER_UNUSABLE', { path: '/l.db', detail: 'there is no such file' }),
      'The ledger /l.db cannot be used: there is no such file.',
    ],
    [
      fault('POLICY_INVALID', { file: 'p.yml', detail: 'it is empty', expectation: 'A policy', hint: 'Write one.' }),
      'p.yml cannot be used: it is empty.',
    ],
    [fault('CANCELLED', { detail: ' while it waited' }), 'The task was cancelled while it waited.'],
  ];
  for (const [error, message] of messages)
    it(`words ${error.code}`, () => {
      assert.equal(error.message, message);
    });

  it('is an Error that carries its code, its advice and whether to try again', () => {
    const error = fault('WORKSPACE_MOVED', { conflicts: 'NOTES.md' });

    assert.ok(error instanceof Error);
    assert.deepEqual(
      { ...error, name: error.name },
      {
        name: 'ArbiterError',
        code: 'WORKSPACE_MOVED',
        expected: 'The state that the private copy was made from.',
        remedy:
          'Nothing was changed. Run the task again: arbiter retry. A plan is made anew by submitting it under another id.',
        actor: 'operator',
        retryable: true,
      },
    );
  });

  it('ends a sentence once, whatever the detail ends in', () => {
    const sentence = fault('TOOL_FAILED', { tool: 'git-log', detail: 'There are no commits.' });
    const question = fault('TOOL_FAILED', { tool: 'git-log', detail: 'Which branch?' });

    assert.equal(sentence.message, 'git-log failed: There are no commits.');
    assert.equal(question.message, 'git-log failed: Which branch?');
  });

  it('takes braces and dollars in a parameter as they are', () => {
    const error = fault('TOOL_FAILED', { tool: '{detail}', detail: '$& {tool}' });

    assert.equal(error.message, '{detail} failed: $& {tool}.');
  });
});
