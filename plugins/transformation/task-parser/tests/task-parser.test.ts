import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { type RunningPlugin, runPlugin } from '../../../../pdk/run-plugin.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

let plugin: RunningPlugin;

describe('task-parser', () => {
  before(async () => {
    plugin = await runPlugin(folder);
  });

  after(() => plugin.stop());

  describe('jsonl-parser', () => {
    it('gives one value a line, whether or not the last one ends in a newline', async () => {
      const expected = { records: 3, values: [{ a: 1 }, null, 'x'], errors: [] };

      assert.deepEqual(await plugin.execute('jsonl-parser', { text: '{"a":1}\nnull\n"x"\n' }), expected);
      assert.deepEqual(await plugin.execute('jsonl-parser', { text: '{"a":1}\nnull\n"x"' }), expected);
    });

    it('accepts a byte order mark, CR LF and empty lines, and counts them', async () => {
      const text = '\uFEFF{"a":1}\r\n\r\n  \n{broken\r\n2\r\n';

      assert.deepEqual(await plugin.execute('jsonl-parser', { text }), {
        records: 2,
        values: [{ a: 1 }, 2],
        errors: [{ line: 4, message: "Expected property name or '}' in JSON at position 1" }],
      });
    });

    it('goes on after a broken line', async () => {
      const { values, errors } = (await plugin.execute('jsonl-parser', { text: '[\n1\n]\n2' })) as {
        values: unknown[];
        errors: { line: number }[];
      };

      assert.deepEqual(values, [1, 2]);
      assert.deepEqual(
        errors.map(({ line }) => line),
        [1, 3],
      );
    });

    it('takes separators that are none for part of the value', async () => {
      assert.deepEqual(await plugin.execute('jsonl-parser', { text: '"a\u2028b\u0085c"' }), {
        records: 1,
        values: ['a\u2028b\u0085c'],
        errors: [],
      });
    });

    it('answers many requests in flight, each with its own values', async () => {
      const numbers = Array.from({ length: 500 }, (_, number) => number);

      const answers = await Promise.all(numbers.map((number) => plugin.execute('jsonl-parser', { text: `${number}` })));

      assert.deepEqual(
        answers.map((answer) => (answer as { values: number[] }).values[0]),
        numbers,
      );
    });

    it('refuses a value that no answer can hold, and lives on', async () => {
      await assert.rejects(plugin.execute('jsonl-parser', { text: '['.repeat(100_000) + ']'.repeat(100_000) }));

      assert.deepEqual(await plugin.execute('jsonl-parser', { text: '1' }), { records: 1, values: [1], errors: [] });
    });
  });

  describe('task-validator', () => {
    const valid = { valid: true, errors: [] };

    it('accepts a task, as an object and as text', async () => {
      const task = {
        id: 'night/1',
        tool: 'git-status',
        workspace: { path: '/repos/shop', ref: 'main' },
        notBefore: '2026-01-01T00:00:00Z',
        retry: { maxAttempts: 3, strategy: 'exponential' },
      };

      assert.deepEqual(await plugin.execute('task-validator', { task }), valid);
      assert.deepEqual(await plugin.execute('task-validator', { text: JSON.stringify(task) }), valid);
      assert.deepEqual(await plugin.execute('task-validator', { task: { request: 'Tidy up' } }), valid);
    });

    it('names every fault, with what was expected', async () => {
      const task = { tool: 'x', notBefore: 'tomorrow', priority: '1', budget: { usd: -1, cents: 3 } };

      assert.deepEqual(await plugin.execute('task-validator', { task }), {
        valid: false,
        errors: [
          {
            path: '/priority',
            message: 'It is "1".',
            expected: '1 is most urgent, 10 least; 5 when left out. Its type is integer.',
          },
          {
            path: '/notBefore',
            message: 'It is "tomorrow".',
            expected: 'Earliest start, RFC 3339. It must match format "date-time".',
          },
          { path: '/budget', message: 'cents is no known key.', expected: 'Only these keys: timeMs, tokens, usd.' },
          {
            path: '/budget/usd',
            message: 'It is -1.',
            expected: 'Money, as the plugin reports it by spend. It must be >= 0.',
          },
        ],
      });
    });

    it('tells in one error that none of several forms fits', async () => {
      assert.deepEqual(await plugin.execute('task-validator', { task: { tool: 'x', workspace: { ref: 'main' } } }), {
        valid: false,
        errors: [
          {
            path: '/workspace',
            message: 'It is an object.',
            expected:
              'The folder or repository the task is about: an absolute path below one of the granted workspaces, or that path with the branch to work on.',
          },
        ],
      });
    });

    it('wants a tool or a request, not both and not neither', async () => {
      const expected = 'Either a tool, or a request in free text.';

      assert.deepEqual(await plugin.execute('task-validator', { task: {} }), {
        valid: false,
        errors: [{ path: '', message: 'It has neither a tool nor a request.', expected }],
      });
      assert.deepEqual(await plugin.execute('task-validator', { task: { tool: 'x', request: 'y' } }), {
        valid: false,
        errors: [{ path: '', message: 'It has a tool and a request.', expected }],
      });
    });

    it('says what text is that is no task', async () => {
      for (const [text, message] of [
        ['', 'The text is not JSON: Unexpected end of JSON input'],
        ['[]', 'It is an array.'],
        ['null', 'It is null.'],
        ['"tool"', 'It is "tool".'],
      ]) {
        const { valid, errors } = (await plugin.execute('task-validator', { text })) as {
          valid: boolean;
          errors: { message: string }[];
        };

        assert.equal(valid, false);
        assert.deepEqual(
          errors.map((error) => error.message),
          [message],
        );
      }
    });
  });
});
