import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ask } from './fixtures/ask.ts';
import { compileProgram } from './program.ts';
import { RegoError } from './rego-error.ts';

describe('rego, what is refused at load', () => {
  const cases: readonly (readonly [title: string, policy: string, message: RegExp])[] = [
    [
      'a syntax error',
      'v if {\n  input.a ==\n}',
      /^policy-0\.rego:4:1: rego_parse_error: unexpected symbol token }: expected a term$/,
    ],
    ['a string that does not end', 'v := "abc', /policy-0\.rego:2:6: rego_parse_error: the string does not end/],
    ['a body without if', 'v { input.a }', /policy-0\.rego:2:1: .*a rule has a value, contains, or if|unexpected/],
    [
      'an unknown builtin',
      'v := shell.exec("rm")',
      /policy-0\.rego:2:6: rego_type_error: undefined function shell\.exec/,
    ],
    ['what would reach a network', 'v := http.send({})', /undefined function http\.send/],
    [
      'a wrong number of operands',
      'v := count(1, 2, 3)',
      /policy-0\.rego:2:6: rego_type_error: count: takes 1 operands, and got 3/,
    ],
    ['a variable that nothing binds', 'v if x > 1', /policy-0\.rego:2:6: rego_unsafe_var_error: var x is unsafe/],
    ['a variable only bound within not', 'v if not input.list[x] == 1', /var x is unsafe/],
    [
      'recursion',
      'a := b\nb := a',
      /rego_recursion_error: rule data\.p\.a is recursive: data\.p\.a -> data\.p\.b -> data\.p\.a/,
    ],
    ['recursion of a function', 'f(x) := f(x - 1)', /rego_recursion_error/],
    ['recursion over a whole package', 'a := count(data.p)', /rego_recursion_error/],
    ['rules of two kinds', 'a := 1\na contains 2', /rego_type_error: conflicting rules data\.p\.a found/],
    ['a rule below a value', 'a := {}\na.b := 2', /conflicts with what stands below it/],
    ['two defaults', 'default a := 1\ndefault a := 2', /multiple default rules/],
    ['functions of one name with different operands', 'f(x) := x\nf(x, y) := x + y', /different numbers of arguments/],
    ['nesting without end', `v := ${'['.repeat(5000)}${']'.repeat(5000)}`, /nested deeper than 200/],
    ['templates nested without end', `v := ${'$"{'.repeat(3000)}`, /nested too deep/],
  ];
  for (const [title, policy, message] of cases)
    it(title, () => {
      assert.throws(
        () => ask(policy, 'data.p.v'),
        (error) => error instanceof RegoError && message.test(error.message),
      );
    });

  it('any text either compiles or is refused with its place', () => {
    const words = fc.constantFrom(
      'package p\n',
      'v',
      ' := ',
      ' if ',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      ' in ',
      'some ',
      'every ',
      'not ',
      'with ',
      ' as ',
      '$"',
      '"',
      '`',
      '1',
      'x',
      '.',
      ',',
      ';',
      '\n',
      '|',
      ':',
      'else ',
      'default ',
      'contains ',
      'import data.a',
      '#',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (parts) => {
        const text = `package p\n${parts.join('')}`;
        try {
          compileProgram([{ file: 'any.rego', text }]);
        } catch (error) {
          assert.ok(error instanceof RegoError, String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });
});
