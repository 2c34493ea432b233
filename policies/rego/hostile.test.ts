import assert from 'node:assert/strict';
import { ask } from './fixtures/ask.ts';

const cross =
  'some a in input.list\n some b in input.list\n some c in input.list\n some d in input.list\n a + b + c + d == -1';

describe('rego, hostile policies and inputs', () => {
  const list = Array.from({ length: 300 }, (_, index) => index);
  const cases: readonly (readonly [
    title: string,
    policy: string,
    input: unknown,
    outcome: RegExp | 'undefined' | 'true' | 'false',
  ])[] = [
    ['loops over loops', `v if {\n ${cross}\n}`, { list }, /eval_budget_error/],
    ['a range without end', 'v := count(numbers.range(1, 1e12))', {}, /eval_budget_error/],
    [
      'strings that double',
      `v := count(s40)\ns0 := "xxxxxxxxxxxxxxxxxxxxxxxxxxxx"\n${Array.from({ length: 40 }, (_, i) => `s${i + 1} := concat("", [s${i}, s${i}])`).join('\n')}`,
      {},
      /eval_budget_error/,
    ],
    [
      'arrays that double',
      `v := count(s40)\ns0 := [1]\n${Array.from({ length: 40 }, (_, i) => `s${i + 1} := array.concat(s${i}, s${i})`).join('\n')}`,
      {},
      /eval_budget_error/,
    ],
    ['a number made long', 'v := bits.lsh(1, 1e9)', {}, 'undefined'],
    [
      'numbers that grow',
      `v := s40\ns0 := 12345678901234567890\n${Array.from({ length: 40 }, (_, i) => `s${i + 1} := s${i} * s${i}`).join('\n')}`,
      {},
      'undefined',
    ],
    ['a network of 2^128 addresses', 'v := count(net.cidr_expand("::/0"))', {}, /eval_budget_error/],
    [
      'a pattern made to explode',
      'v if regex.match(`^(a+)+$`, input.text)',
      { text: `${'a'.repeat(50_000)}!` },
      'undefined',
    ],
    [
      'a pattern too large when unrolled',
      'v if regex.match(input.pattern, "a")',
      { pattern: '((a{0,100}){0,100}){0,100}' },
      'undefined',
    ],
    [
      'a glob made to explode',
      'v if glob.match(input.glob, [], input.text)',
      { glob: `${'*a'.repeat(100)}b`, text: 'a'.repeat(5000) },
      'undefined',
    ],
    [
      'two globs made to explode',
      'v if regex.globs_match(input.a, input.b)',
      { a: `${'a*'.repeat(200)}b`, b: `${'a*'.repeat(200)}c` },
      'undefined',
    ],
    [
      'a text of 100 MB against a pattern',
      'v if regex.match(`secret=\\w+`, input.text)',
      { text: 'x'.repeat(100_000_000) },
      /eval_budget_error/,
    ],
    [
      'a text of 100 MB against a word',
      'v if contains(input.text, "secret")',
      { text: 'x'.repeat(100_000_000) },
      'undefined',
    ],
    ['JSON nested without end', 'v := json.unmarshal(input.text)', { text: '['.repeat(200_000) }, 'undefined'],
    ['a format wide without end', 'v := count(sprintf("%999999999d", [1])) == 10000', {}, 'true'],
    [
      'YAML that multiplies itself',
      'v := yaml.unmarshal(input.text)',
      {
        text: `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${new Array(9).fill(`*a${i}`).join()}]`).join('\n')}`,
      },
      'undefined',
    ],
  ];
  for (const [title, policy, input, outcome] of cases)
    it(`${title}: ends within a second or so, and does not allow`, () => {
      const started = performance.now();
      if (outcome instanceof RegExp) assert.throws(() => ask(policy, 'data.p.v', { input }), outcome);
      else assert.equal(String(ask(policy, 'data.p.v', { input })), outcome);
      assert.ok(performance.now() - started < 3000, `${Math.round(performance.now() - started)} ms`);
    });
});
