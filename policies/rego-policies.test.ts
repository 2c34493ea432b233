import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { PolicyFacts } from './facts.ts';
import { created, harmless } from './fixtures/facts.ts';
import { policiesInForce } from './in-force.ts';
import { loadRego, type RegoPolicies, regoSources } from './rego-policies.ts';
import { runPolicyTests } from './run-tests.ts';

const shipped = fileURLToPath(new URL('.', import.meta.url));

describe('policies', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'policies-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function policies(texts: Record<string, string>): RegoPolicies {
    const files = Object.entries(texts).map(([name, text]) => {
      writeFileSync(join(folder, name), text);
      return [name, join(folder, name)] as const;
    });
    return loadRego(regoSources(new Map(files)));
  }

  const ours = () => loadRego(regoSources(policiesInForce([shipped]).files));
  const denied = (facts: PolicyFacts, from = ours()) =>
    from.decide(facts).reasons.map(({ policy, rule }) => `${policy}/${rule}`);

  it('the shipped ones pass their own tests', () => {
    const failed = runPolicyTests(shipped).filter(({ passed }) => !passed);
    assert.deepEqual(failed, []);
  });

  it('the shipped ones allow a harmless task, before and after', () => {
    assert.deepEqual(ours().decide(harmless()), { decision: 'allow', reasons: [] });
    assert.deepEqual(ours().decide(harmless({ phase: 'before' })), { decision: 'allow', reasons: [] });
  });

  it('a denial says which rule, and why', () => {
    const verdict = ours().decide(harmless({ effects: { files: [created('deploy/id_rsa')] } }));
    assert.deepEqual(verdict, {
      decision: 'deny',
      reasons: [{ policy: 'security', rule: 'key_file', message: 'deploy/id_rsa is a file that keys are kept in' }],
    });
  });

  it('ten thousand like tasks cost one evaluation, and an unlike one another', () => {
    const asked = ours();
    for (let n = 0; n < 10_000; n++) asked.decide(harmless({ task: { title: `task ${n}`, input: { n } } }));
    assert.equal(asked.evaluations(), 1);
    asked.decide(harmless({ task: { tags: ['production'] } }));
    assert.equal(asked.evaluations(), 2);
  });

  it('an answer that hangs on the clock is not kept', () => {
    const asked = policies({ 'a.rego': 'package arbiter.a\nallow if time.now_ns() > 0' });
    asked.decide(harmless());
    asked.decide(harmless());
    assert.equal(asked.evaluations(), 2);
  });

  it('a kept answer is what a fresh evaluation gives', () => {
    const asked = ours();
    const task = fc.record({
      tags: fc.subarray(['production', 'pipeline', 'licence', 'other']),
      workspace: fc.constantFrom('/srv/work', '/etc/a', '/etcetera'),
      approval: fc.constantFrom('', 'required'),
      agent: fc.constantFrom('', 'bot'),
      title: fc.string({ maxLength: 1 }),
    });
    const file = fc.constantFrom('a.txt', 'id_rsa', 'LICENSE', 'Jenkinsfile').map((path) => created(path));
    fc.assert(
      fc.property(task, fc.array(file, { maxLength: 2 }), fc.constantFrom('before', 'after'), (task, files, phase) => {
        const facts = harmless({ phase, task, effects: { files } });
        assert.deepEqual(asked.decide(facts), asked.explain(facts).verdict);
      }),
      { numRuns: 500 },
    );
  });

  it('many slow policies together deny within a second', () => {
    const loop = 'allow if {\nsome a in numbers.range(1, 5000)\nsome b in numbers.range(1, 5000)\na * b == -1\n}';
    const texts = Object.entries({ a: loop, b: loop, c: loop, d: loop }).map(([name, text]) => [
      `${name}.rego`,
      `package arbiter.${name}\n${text}`,
    ]);
    const started = performance.now();
    assert.equal(denied(harmless(), policies(Object.fromEntries(texts))).length, 4);
    assert.ok(performance.now() - started < 2500);
  });

  it('undefined denies', () => {
    const asked = policies({ 'a.rego': 'package arbiter.a\nallow if input.task.tool == "other"' });
    assert.deepEqual(asked.decide(harmless()).reasons, [
      { policy: 'a', rule: 'allow', message: 'Nothing in a allows it' },
    ]);
  });

  it('every policy has to allow it', () => {
    const asked = policies({
      'a.rego': 'package arbiter.a\nallow := true',
      'b.rego': 'package arbiter.b\nallow := "yes"',
    });
    assert.deepEqual(denied(harmless(), asked), ['b/allow']);
  });

  it('a field that is not there denies, though the rule that reads it says nothing', () => {
    const asked = policies({
      'a.rego':
        'package arbiter.a\nallow if count(deny) == 0\ndeny contains "no" if input.plugn.id == "bad" with input.phase as "after"',
    });
    assert.deepEqual(asked.decide(harmless()).reasons, [
      { policy: 'arbiter', rule: 'missing_fact', message: 'A policy reads input.plugn, which is not there' },
    ]);
  });

  it('an item of a list may be missing', () => {
    const asked = policies({ 'a.rego': 'package arbiter.a\nallow if not input.task.tags[0]' });
    assert.deepEqual(denied(harmless(), asked), []);
    assert.deepEqual(denied(harmless({ task: { tags: ['a'] } }), asked), ['a/allow']);
  });

  it('a kept answer is not one for null where nothing stood', () => {
    const asked = policies({ 'a.rego': 'package arbiter.a\nallow if not input.task.metadata.frozen' });
    assert.deepEqual(denied(harmless({ task: { metadata: {} } }), asked), []);
    assert.deepEqual(denied(harmless({ task: { metadata: { frozen: null } } }), asked), ['a/allow']);
  });

  it('what is nested too deep is denied', () => {
    const input = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    const asked = policies({ 'a.rego': 'package arbiter.a\nallow if input.task.input != "bad"' });
    assert.deepEqual(denied(harmless(), asked), []);
    assert.deepEqual(denied(harmless({ task: { input } }), asked), ['arbiter/too_deep']);
  });

  it('what people fill as they like may be missing', () => {
    const asked = policies({ 'a.rego': 'package arbiter.a\nallow if not input.task.metadata.frozen' });
    assert.equal(asked.decide(harmless()).decision, 'allow');
  });

  it('an error denies, also where it would only have kept a denial from being found', () => {
    const asked = policies({
      'a.rego': 'package arbiter.a\nallow if count(deny) == 0\ndeny contains "no" if regex.match("(", input.task.tool)',
    });
    const [reason] = asked.decide(harmless()).reasons;
    assert.equal(reason?.rule, 'eval_builtin_error');
    assert.match(reason?.message ?? '', /^The policy could not be evaluated: .*regex\.match: .*missing closing \)/);
  });

  it('a policy that runs away denies within a second', () => {
    const loop = 'some a in numbers.range(1, 5000)\nsome b in numbers.range(1, 5000)\na * b == -1';
    const asked = policies({ 'a.rego': `package arbiter.a\nallow := true\ndeny contains "no" if {\n${loop}\n}` });
    const started = performance.now();
    assert.deepEqual(denied(harmless(), asked), ['a/eval_budget_error']);
    assert.ok(performance.now() - started < 2000);
  });

  it('a change of 100 MB and one of 200,000 files are denied within a second, with the reason', () => {
    const started = performance.now();
    assert.deepEqual(denied(harmless({ effects: { bytes: 200_000_000, files: [created('a', 200_000_000)] } })), [
      'compliance/too_large',
    ]);
    const many = Array.from({ length: 200_000 }, (_, n) => created(`f${n}`));
    assert.deepEqual(denied(harmless({ effects: { files: many } })), ['arbiter/too_large']);
    assert.ok(performance.now() - started < 2000);
  });

  const refusals: readonly (readonly [title: string, texts: Record<string, string>, message: RegExp])[] = [
    [
      'that do not parse',
      { 'a.rego': 'package arbiter.a\nallow if {' },
      /^a\.rego cannot be used: a\.rego:2:\d+: rego_parse_error/,
    ],
    [
      'of one package in two files',
      { 'a.rego': 'package arbiter.a\nallow := true', 'b.rego': 'package arbiter.a\nallow := true' },
      /^b\.rego cannot be used: it has the package arbiter\.a, as a\.rego has\.$/,
    ],
    [
      'that allow nothing',
      { 'a.rego': 'package arbiter.a\ndeny := []' },
      /^a\.rego cannot be used: it has no rule allow\.$/,
    ],
    [
      'that need themselves',
      { 'a.rego': 'package arbiter.a\nallow if allow' },
      /rego_recursion_error: rule data\.arbiter\.a\.allow is recursive/,
    ],
    [
      'that read what no fact has',
      { 'a.rego': 'package arbiter.a\nallow if not input.plugn.id' },
      /a\.rego:2:14: rego_type_error: undefined ref: input\.plugn: there is phase, task, plugin/,
    ],
    [
      'with an unknown builtin',
      { 'a.rego': 'package arbiter.a\nallow if http.send({}).ok' },
      /a\.rego:2:10: rego_type_error: undefined function http\.send/,
    ],
  ];
  for (const [title, texts, message] of refusals)
    it(`refuses policies ${title}`, () => {
      assert.throws(
        () => policies(texts),
        (error: { code: string; message: string }) => error.code === 'POLICY_INVALID' && message.test(error.message),
      );
    });
});
