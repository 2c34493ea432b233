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
    ['a set and an object of one name', 'a contains 1\na[x] := 2 if x := 3', /conflicting rules data\.p\.a found/],
    ['a rule below a set', 'a contains 1\na.b := 2', /rule data\.p\.a conflicts with what stands below it/],
    ['a set that nothing can keep from holding, as a body', 'v if {}', /expected a term/],
    ['not before every', 'v if not every x in input.a { x }', /rego_parse_error: not cannot stand before every/],
    ['not before some', 'v if not some x in input.a', /not cannot stand before some/],
    ['a variable assigned twice', 'v if {\n x := 1\n x := 2\n}', /policy-0\.rego:4:2: .*var x assigned above/],
    ['a variable assigned after it was used', 'v if {\n x == 1\n x := 1\n}', /var x referenced above/],
    ['a variable declared twice', 'v if {\n some x\n some x\n x = 1\n}', /var x declared above/],
    ['a variable declared and not used', 'v if {\n some user\n input.usr == 1\n}', /declared var user unused/],
    ['an argument assigned again', 'f(x) := x if { x := 2 }', /arg x redeclared/],
    ['a variable named input', 'v if { input := {}; input.a }', /variables must not shadow input/],
    ['an argument named input', 'f(input) := input.a', /args must not shadow input/],
    ['a rule named data', 'data := 1', /rules must not shadow data/],
    ['two imports of one name', 'import data.a\nimport data.b.a\nv := a', /import must not shadow import of a/],
    ['an import named like a rule', 'import data.b.a\na := 1', /import must not shadow rule a/],
    [
      'a function that is not called',
      'deny(x) if x\nv if not deny',
      /function data\.p\.deny used as reference, not called/,
    ],
    ['a default that is not fixed', 'default v := input.allow', /a default holds no variable, reference or call/],
    ['a default under a condition', 'default v := true if input.a', /a default has a value and nothing else/],
    ['a default with an else', 'default v := false\nelse := true', /a default has a value and nothing else/],
    ['a default member', 'default v contains 1', /a default has a value/],
    [
      'a value given to a field',
      'v if input.allow := true',
      /policy-0\.rego:2:6: rego_compile_error: cannot assign to ref/,
    ],
    ['a value given to a field in a list', 'v if [x, input.allow] := [1, true]', /cannot assign to ref/],
    ['a value given to a value', 'v if 1 := 1', /cannot assign to constant/],
    ['a default for some arguments', 'default f("a") := true', /the arguments of a default are variables/],
    ['a number too small to be told from 0', 'v := 1e-1000', /1e-1000 is no number that can be held/],
    ['two defaults', 'default a := 1\ndefault a := 2', /multiple default rules/],
    ['functions of one name with different operands', 'f(x) := x\nf(x, y) := x + y', /different numbers of arguments/],
    ['nesting without end', `v := ${'['.repeat(5000)}${']'.repeat(5000)}`, /nested deeper than 200/],
    ['a sum of thousands', `v := ${Array(5000).fill('1').join(' + ')}`, /eval_budget_error: too deep or too large/],
    ['templates nested without end', `v := ${'$"{'.repeat(3000)}`, /nested too deep/],
  ];
  for (const [title, policy, message] of cases)
    it(title, () => {
      assert.throws(
        () => ask(policy, 'data.p.v'),
        (error) => error instanceof RegoError && message.test(error.message),
      );
    });

  it('a package below a rule of another', () => {
    assert.throws(
      () => ask(['package p\ndeny[x] := 1 if x := "a"', 'package p.deny\nv := 1'], 'data.p'),
      /package p\.deny conflicts with rule data\.p\.deny/,
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
