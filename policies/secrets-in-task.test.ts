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

  const letters = 'aB3dE5gH';
  const tokens: readonly (readonly [of: string, token: string])[] = [
    ['AWS, cut by slashes', `aws_secret_access_key = ${'a1B2/c3D4e'.repeat(4)}`],
    ['npm', `npm_${'a1B2'.repeat(9)}`],
    ['Slack', `xoxb-123456789012-123456789012-${letters.repeat(3)}`],
    ['OpenAI', `sk-${'a1B2c'.repeat(4)}T3BlbkFJ${'a1B2c'.repeat(4)}`],
    ['Hugging Face', `hf_${'aBcDe'.repeat(7).slice(0, 34)}`],
    ['SendGrid', `SG.${'aB3dE5gH1jK'.repeat(2)}.${'a1B2c'.repeat(9).slice(0, 43)}`],
    ['Shopify', `shpat_${'a1B2'.repeat(8)}`],
    ['Stripe', `sk_live_${letters.repeat(3)}`],
    ['GitHub, an installation', `ghs_1_${letters.repeat(3)}.${letters.repeat(4)}.${letters.repeat(3)}`],
    ['GitLab', `glpat-${'a1B2c'.repeat(4)}`],
    ['Grafana', `glsa_${'a1B2'.repeat(8)}_12345678`],
    ['Vault', `hvs.${'a1B2c'.repeat(19)}`],
    ['Databricks', `dapi${'a1b2'.repeat(8)}`],
    ['Docker', `dckr_pat_${'a1B2c3D4e'.repeat(3)}`],
    ['Cloudflare', `cfut_${'a1B2c'.repeat(8)}12345678`],
    ['a database', 'postgres://annika:tr0ub4dor@db.local/x'],
    ['whoever has the key', `-----BEGIN RSA PRIVATE KEY-----\nMI${'a/b+'.repeat(40)}\n-----END RSA PRIVATE KEY-----`],
  ];
  for (const [of, token] of tokens)
    it(`are found: that of ${of}`, async () => {
      assert.deepEqual(await places({ input: { value: `it is ${token}` } }), ['secret-in-task input.value:1']);
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
