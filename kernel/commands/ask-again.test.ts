import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskBody } from '../../contracts/generated/ledger.v1.ts';
import { digestOf } from '../../ledger/digest.ts';
import { policiesInForce } from '../../policies/in-force.ts';
import { openPolicies, type Policies } from '../../policies/policies.ts';
import { shippedPolicies } from '../home-policies.ts';
import { type EffectStore, newEffectStore } from '../safety/effect-store.ts';
import { newAskAgain } from './ask-again.ts';

describe('policies, asked again about what was recorded', () => {
  let folder: string;
  let store: EffectStore;
  let policies: Policies;
  before(async () => {
    policies = await openPolicies(policiesInForce([shippedPolicies]).files);
  });
  after(() => policies.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ask-again-'));
    store = newEffectStore(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const plan = (content: string, more: object = {}): TaskBody => {
    store.put(Buffer.from(content));
    const after = { type: 'file', mode: '644', size: content.length, digest: digestOf(Buffer.from(content)) } as const;
    return {
      ...{ schema: 'ledger.v1', kind: 'task', taskDigest: '', decisions: [], outcome: 'planned' },
      task: { tool: 'file-writer', workspace: '/srv/work', whatIf: true, ...more },
      plugin: { id: 'file-writer', version: '0.1.0', category: 'state-change', digest: '', settings: '' },
      ...{ grants: {}, policies: 'those of then', isolation: 'full' },
      verdicts: [
        { phase: 'before', decision: 'allow', reasons: [] },
        { phase: 'after', decision: 'allow', reasons: [] },
      ],
      effects: {
        target: { kind: 'folder', path: '/srv/work' },
        files: [{ path: 'a.env', change: 'created', before: null, after }],
      },
    } as unknown as TaskBody;
  };
  const ask = (body: TaskBody) => newAskAgain(policies, 'those of now', store)(body);

  it('leave a body as it is, but for who was asked', async () => {
    const body = plan('fine');
    assert.deepEqual(await ask(body), { ...body, policies: 'those of now' });
  });

  it('are told of the secrets in it', async () => {
    const secret = `AWS_SECRET_ACCESS_KEY = ${'wJalrXUtnFEMI'}/K7MDENG/bPxRfiCYABCDEFGHIJ\n`;
    await assert.rejects(ask(plan(secret)), {
      code: 'POLICY_DENIED',
      message: 'a.env:1 holds a secret (aws: AWSSecretAccessKey) (security/secret).',
    });
  });

  it('are asked about a change, though it was a plan', async () => {
    await assert.rejects(ask(plan('fine', { tags: ['production'] })), {
      code: 'POLICY_DENIED',
      message: 'A change tagged "production" needs "approval": "required" (compliance/production_unapproved).',
    });
  });
});
