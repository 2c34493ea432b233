import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CompiledPolicy, compiledPolicy, nothing, yes } from './fixtures/compiled-policy.ts';
import { created, harmless } from './fixtures/facts.ts';
import { policiesInForce } from './in-force.ts';
import { openPolicies, type Policies } from './policies.ts';

const frozen = JSON.stringify([{ result: [{ rule: 'frozen', message: 'Nothing is written until Monday' }] }]);
const release: CompiledPolicy = {
  gives: { 'arbiter/release/allow': [nothing, yes], 'arbiter/release/deny': [frozen, '[{"result":[]}]'] },
  word: '"tool":"file-writer"',
};
const alone = (more: Partial<CompiledPolicy> = {}): CompiledPolicy => ({
  gives: { 'arbiter/release/allow': [yes, yes] },
  ...more,
});

describe('policies', () => {
  it('of a large change are asked by a thread, and answer as they would here', async () => {
    const { files } = policiesInForce([fileURLToPath(new URL('.', import.meta.url))]);
    const policies = await openPolicies(files);
    const changed = Array.from({ length: 1500 }, (_, index) => created(`src/${index}.ts`));
    const [allowed, denied] = await Promise.all([
      policies.decide(harmless({ effects: { files: changed } })),
      policies.decide(harmless({ effects: { files: [...changed, created('id_rsa')] } })),
    ]);
    await policies.close();
    assert.equal(allowed.decision, 'allow');
    assert.deepEqual(denied.reasons, [
      { policy: 'security', rule: 'key_file', message: 'id_rsa is a file that keys are kept in' },
    ]);
  });
});

describe('a compiled policy', () => {
  let folder: string;
  let opened: Policies[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'policies-'));
    opened = [];
    writeFileSync(join(folder, 'a.rego'), 'package arbiter.a\nallow if input.task.title != "no"\n');
  });
  afterEach(async () => {
    for (const policies of opened) await policies.close();
    rmSync(folder, { recursive: true });
  });

  async function open(module: CompiledPolicy | Uint8Array): Promise<Policies> {
    writeFileSync(join(folder, 'policy.wasm'), module instanceof Uint8Array ? module : await compiledPolicy(module));
    const policies = await openPolicies(policiesInForce([folder]).files);
    opened.push(policies);
    return policies;
  }

  it('has to allow as well, and says why it does not', async () => {
    const policies = await open(release);
    const reader = harmless({ task: { tool: 'file-reader' } });
    assert.deepEqual(await policies.decide(reader), { decision: 'allow', reasons: [] });
    assert.deepEqual(await policies.decide(harmless()), {
      decision: 'deny',
      reasons: [{ policy: 'release', rule: 'frozen', message: 'Nothing is written until Monday' }],
    });
    const { verdict } = await policies.explain(harmless({ task: { title: 'no', tool: 'file-reader' } }));
    assert.deepEqual(verdict.reasons, [{ policy: 'a', rule: 'allow', message: 'Nothing in a allows it' }]);
  });

  it('denies where its allow is undefined, or anything but true', async () => {
    const gives = (answer: string) => [answer, answer] as const;
    const policies = await open({
      gives: {
        'arbiter/x/allow': gives(nothing),
        'arbiter/y/allow': gives('[{"result":false}]'),
        'arbiter/z/allow': gives('[{"result":"yes"}]'),
      },
    });
    assert.deepEqual(
      (await policies.decide(harmless())).reasons.map(({ message }) => message),
      ['Nothing in x allows it', 'Nothing in y allows it', 'Nothing in z allows it'],
    );
  });

  it('is part of the digest', () => {
    writeFileSync(join(folder, 'policy.wasm'), 'one');
    const { digest } = policiesInForce([folder]);
    writeFileSync(join(folder, 'policy.wasm'), 'two');
    assert.notEqual(policiesInForce([folder]).digest, digest);
  });

  const failures: readonly (readonly [title: string, then: string, message: RegExp])[] = [
    ['a trap', '(unreachable)', /^policy\.wasm could not be evaluated: unreachable$/],
    ['giving up', '(call $abort (i32.const 1024))', /could not be evaluated: \{"arbiter\/release\/allow":0\}$/],
    ['a loop without end', '(loop $for (br $for))', /could not be evaluated: longer than 1000 ms$/],
    [
      'more memory than there may be',
      '(if (i32.eq (memory.grow (i32.const 8192)) (i32.const -1)) (then (unreachable)))',
      /could not be evaluated: unreachable$/,
    ],
    ['a recursion without end', '(call $deeper)', /could not be evaluated: Maximum call stack size exceeded$/],
  ];
  for (const [title, then, message] of failures)
    it(`denies after ${title}, and answers the next task`, async () => {
      const field = '(func $deeper (call $deeper))';
      const policies = await open(alone({ word: '"tool":"file-writer"', then, field }));
      const [denied, next] = await Promise.all([
        policies.decide(harmless()),
        policies.decide(harmless({ task: { tool: 'file-reader' } })),
      ]);
      assert.equal(denied.reasons[0]?.rule, 'eval_error');
      assert.match(denied.reasons[0]?.message ?? '', message);
      assert.deepEqual(next, { decision: 'allow', reasons: [] });
    });

  const refusals: readonly (readonly [title: string, module: CompiledPolicy | Uint8Array, message: RegExp])[] = [
    ['text', Buffer.from('package arbiter.a'), /^policy\.wasm cannot be used: .*expected magic word/],
    ['another version of the ABI', alone({ abi: 2 }), /unsupported ABI version 2/],
    [
      'no entrypoint of ours',
      { gives: { 'a/b': [yes, yes] } },
      /it has no entrypoint arbiter\/NAME\/allow, only a\/b\.$/,
    ],
    [
      'a package that stands in Rego',
      { gives: { 'arbiter/a/allow': [yes, yes] } },
      /it has the package arbiter\.a, as a file in Rego has/,
    ],
    [
      'a start without end',
      alone({ field: '(func $for (loop $again (br $again))) (start $for)' }),
      /cannot be used: longer than 1000 ms\.$/,
    ],
    ['more memory than there may be', alone({ pages: 5000 }), /memory import .* is smaller than/],
  ];
  for (const [title, module, message] of refusals)
    it(`is refused at load: ${title}`, async () => {
      await assert.rejects(
        open(module),
        (error: { code: string; message: string }) => error.code === 'POLICY_INVALID' && message.test(error.message),
      );
    });
});
