// Each shipped rule has a task that it denies, and its message stands in the documentation.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from '../contracts/check.ts';
import type { Task } from '../contracts/generated/task.v1.ts';
import { policyFacts } from '../kernel/journey/policy-facts.ts';
import type { PolicyFacts } from '../policies/facts.ts';
import { policiesInForce } from '../policies/in-force.ts';
import { loadRego, regoSources } from '../policies/rego-policies.ts';

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const shipped = at('../policies');
const documentation = readFileSync(at('../docs/policies.md'), 'utf8');
const rules = ['security', 'compliance'].flatMap((policy) =>
  [...readFileSync(join(shipped, `${policy}.rego`), 'utf8').matchAll(/"rule": "(\w+)"/g)].map(([, rule]) => ({
    policy,
    rule: rule as string,
  })),
);

/** A number of files stands for as many. */
function factsOf(rule: string): PolicyFacts {
  const read = (name: string) => JSON.parse(readFileSync(at(`policies/${name}`), 'utf8'));
  const task = read(`${rule}.json`) as Task;
  assert.ok(check('task.v1', task).ok, `${rule}.json is a task`);
  const plugin = { id: 'file-writer', version: '1.0.0', category: 'state-change', grants: {} } as const;
  const workspace = task.workspace as string | undefined;
  const facts = policyFacts({
    task,
    plugin,
    workspace,
    isolation: 'full',
    phase: 'before',
    effects: undefined,
    requests: [],
    findings: [],
  });
  if (!existsSync(at(`policies/${rule}.facts.json`))) return facts;
  const more = { phase: 'after', ...read(`${rule}.facts.json`) };
  const count = more.effects?.files;
  if (typeof count === 'number')
    more.effects.files = Array.from({ length: count }, (_, n) => ({
      path: `${n}`,
      change: 'created',
      type: 'file',
      mode: '644',
      size: 1,
    }));
  return { ...facts, ...more, effects: { ...facts.effects, ...more.effects } };
}

describe('the rules of the shipped policies', () => {
  const policies = loadRego(regoSources(policiesInForce([shipped]).files));

  it('are those that have an example', () => {
    const examples = readdirSync(at('policies')).filter((name) => /^\w+\.json$/.test(name));
    assert.deepEqual(examples.sort(), rules.map(({ rule }) => `${rule}.json`).sort());
    assert.ok(rules.length > 0);
  });

  for (const { policy, rule } of rules)
    it(`${policy}/${rule} denies its example, with the message that is documented`, () => {
      const { decision, reasons } = policies.decide(factsOf(rule));
      assert.equal(decision, 'deny');
      assert.deepEqual(
        reasons.map((reason) => [reason.policy, reason.rule]),
        [[policy, rule]],
      );
      assert.ok(documentation.includes(`| \`${policy}/${rule}\` | ${reasons[0]?.message} |`), reasons[0]?.message);
    });
});
