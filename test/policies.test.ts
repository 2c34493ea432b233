// Policies stand before what runs and over what it did; what they deny leaves nothing behind but an entry that says why.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskBody } from '../contracts/generated/ledger.v1.ts';
import { homePolicies } from '../kernel/home-policies.ts';
import { compiledPolicy, nothing, yes } from '../policies/fixtures/compiled-policy.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const secret = `AWS_SECRET_ACCESS_KEY = ${'wJalrXUtnFEMI'}/K7MDENG/bPxRfiCYABCDEFGHIJ\n`;

describe('policies', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  async function bodyOf(id: string): Promise<TaskBody> {
    const { entries } = JSON.parse((await at.arbiter('show', id, '--json')).stdout) as {
      entries: { body: TaskBody }[];
    };
    return entries.findLast(({ body }) => body.kind === 'task')?.body as TaskBody;
  }

  const write = (id: string, workspace: string, content: string, more: object = {}) => ({
    ...{ id, tool: 'file-writer', workspace, input: { path: 'new.txt', content } },
    ...more,
  });

  it('deny a task at Validate: nothing runs, and the entry says which rule and why', async () => {
    const path = at.folder('work', { 'old.txt': 'old' });
    at.drop('a.jsonl', [write('one', path, 'new', { tags: ['production'] })]);

    await at.arbiter('start', '--once');

    const [result] = at.results('a.jsonl');
    assert.deepEqual([result?.status, result?.code], ['rejected', 'POLICY_DENIED']);
    const message = 'A change tagged "production" needs "approval": "required"';
    assert.equal(at.errors('a.jsonl')[0]?.message, `${message} (compliance/production_unapproved).`);
    const body = await bodyOf('one');
    const reasons = [{ policy: 'compliance', rule: 'production_unapproved', message }];
    assert.deepEqual(body.verdicts, [{ phase: 'before', decision: 'deny', reasons }]);
    assert.deepEqual(readdirSync(path), ['old.txt']);
  });

  for (const kind of ['folder', 'repository'] as const)
    it(`deny a secret at Verify, over what really changed in a ${kind}: nothing of it is applied`, async () => {
      const files = { 'old.txt': 'old' };
      const path = kind === 'folder' ? at.folder('work', files) : await at.repository('work', files);
      const hidden = { encoding: 'base64', content: Buffer.from(`fine\n${secret}`).toString('base64') };
      at.drop('a.jsonl', [
        write('one', path, '', { input: { path: 'new.txt', ...hidden } }),
        write('two', path, 'fine'),
      ]);

      await at.arbiter('start', '--once');

      const [denied, done] = at.results('a.jsonl');
      assert.deepEqual([denied?.status, denied?.code, done?.status], ['failed', 'POLICY_DENIED', 'done']);
      const body = await bodyOf('one');
      assert.deepEqual(body.verdicts, [
        { phase: 'before', decision: 'allow', reasons: [] },
        {
          phase: 'after',
          decision: 'deny',
          reasons: [
            { policy: 'security', rule: 'secret', message: 'new.txt:2 holds a secret (aws: AWSSecretAccessKey)' },
          ],
        },
      ]);
      assert.deepEqual(
        (await bodyOf('two')).verdicts?.map(({ decision }) => decision),
        ['allow', 'allow'],
      );
      if (kind === 'folder') assert.equal(readFileSync(join(path, 'new.txt'), 'utf8'), 'fine');
      else assert.equal((await at.git(path, 'branch', '--list', 'arbiter/one')).trim(), '');
      const { stdout } = await at.arbiter('ledger', 'verify');
      assert.match(stdout, /^The ledger is whole/);
    });

  it('deny a secret that stands in the task itself before anything runs, and say where', async () => {
    const path = at.folder('work');
    at.drop('a.jsonl', [write('one', path, `fine\n${secret}`)]);

    await at.arbiter('start', '--once');

    const [result] = at.results('a.jsonl');
    assert.deepEqual([result?.status, result?.code], ['rejected', 'POLICY_DENIED']);
    const message =
      'The task holds a secret in input.content, line 2 (aws: AWSSecretAccessKey); name it in arbiter.yaml instead';
    assert.equal(at.errors('a.jsonl')[0]?.message, `${message} (security/secret_in_task).`);
    assert.deepEqual(readdirSync(path), []);
    const explained = await at.arbiter('policy', 'check', 'one');
    assert.equal(explained.stdout.split('\n')[1], `  ${message} (security/secret_in_task)`);
  });

  it('of the home win over the package’s by file name', async () => {
    writeFileSync(
      join(at.home.policies, 'compliance.rego'),
      'package arbiter.compliance\nallow if input.task.title != ""\n',
    );
    const path = at.folder('work');
    at.drop('a.jsonl', [write('one', path, 'x'), write('two', path, 'x', { title: 'Why' })]);

    await at.arbiter('start', '--once');

    const [first, second] = at.results('a.jsonl');
    assert.deepEqual([first?.status, second?.status], ['rejected', 'done']);
    assert.equal(at.errors('a.jsonl')[0]?.message, 'Nothing in compliance allows it (compliance/allow).');
    assert.ok(existsSync(join(path, 'new.txt')));
  });

  it('that OPA compiled are asked as well, and are part of what an entry names', async () => {
    const path = at.folder('work');
    const denial = JSON.stringify([{ result: [{ rule: 'frozen', message: 'Nothing is written until Monday' }] }]);
    const module = {
      gives: {
        'arbiter/release/allow': [nothing, yes],
        'arbiter/release/deny': [denial, '[{"result":[]}]'],
      },
      word: '"title":"Late"',
    } as const;
    writeFileSync(join(at.home.policies, 'policy.wasm'), await compiledPolicy(module));
    at.drop('a.jsonl', [write('one', path, 'x', { title: 'Late' }), write('two', path, 'x')]);

    await at.arbiter('start', '--once');

    const [denied, done] = at.results('a.jsonl');
    assert.deepEqual([denied?.status, done?.status], ['rejected', 'done']);
    assert.equal(at.errors('a.jsonl')[0]?.message, 'Nothing is written until Monday (release/frozen).');
    const { policies } = await bodyOf('two');
    assert.equal(policies, homePolicies(at.home).digest);
    rmSync(join(at.home.policies, 'policy.wasm'));
    assert.notEqual(policies, homePolicies(at.home).digest);
  });

  it('that do not compile stop the kernel from starting, with the place', async () => {
    writeFileSync(join(at.home.policies, 'own.rego'), 'package arbiter.own\nallow if shell.run("x")\n');

    const { status, stderr } = await at.arbiter('start', '--once');

    assert.equal(status, 3);
    assert.match(stderr, /own\.rego cannot be used: own\.rego:2:10: rego_type_error: undefined function shell\.run/);
  });
});
