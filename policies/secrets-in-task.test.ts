import assert from 'node:assert/strict';
import { secretsInTask } from './secrets-in-task.ts';

const token = `ghp_${'a1B2'.repeat(9)}`;
const key = `${'wJalrXUtnFEMI'}/K7MDENG/bPxRfiCYABCDEFGHIJ`;
const places = async (fields: Record<string, unknown>) =>
  (await secretsInTask(fields)).map(({ kind, path, line }) => `${kind} ${path}:${line}`);

describe('secrets in a task', () => {
  it('are found in any text, with its path and the line in it', async () => {
    const fields = {
      title: 'a title',
      input: { files: [{ path: 'a.txt', content: 'fine' }, { content: `one\ntwo\n${token}\n` }] },
      metadata: { note: `see ${token}` },
    };
    assert.deepEqual(await places(fields), [
      'secret-in-task input.files.1.content:3',
      'secret-in-task metadata.note:1',
    ]);
  });

  it('are found by the name they stand under', async () => {
    assert.deepEqual(await places({ input: { AWS_SECRET_ACCESS_KEY: key } }), [
      'secret-in-task input.AWS_SECRET_ACCESS_KEY:1',
    ]);
  });

  it('are found in addresses, however short', async () => {
    assert.deepEqual(await places({ input: 'postgres://ann:tr0ub4dor@db.local/x' }), ['secret-in-task input:1']);
  });

  it('are found behind a zero byte', async () => {
    assert.deepEqual(await places({ input: `\0${token}` }), ['secret-in-task input:1']);
  });

  it('are not in the finding', async () => {
    assert.doesNotMatch(JSON.stringify(await secretsInTask({ input: token })), /a1B2/);
  });

  it('are not found where there are none', async () => {
    const fields = { title: undefined, input: { n: 1, when: null, path: 'src/components/Button.test.tsx' } };
    assert.deepEqual(await places(fields), []);
  });
});
