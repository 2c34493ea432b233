import assert from 'node:assert/strict';
import { ask } from './fixtures/ask.ts';

describe('rego, the language', () => {
  const cases: readonly (readonly [
    title: string,
    policy: string | readonly string[],
    query: string,
    expected: unknown,
    given?: { input?: unknown; data?: unknown },
  ])[] = [
    [
      'a rule without a solution is undefined',
      'allow if input.user == "ann"',
      'data.p.allow',
      undefined,
      { input: { user: 'bob' } },
    ],
    [
      'a rule on a field that is missing is undefined',
      'allow if input.user == "ann"',
      'data.p.allow',
      undefined,
      { input: {} },
    ],
    ['a default stands in', 'default allow := false\nallow if input.ok', 'data.p.allow', false, { input: {} }],
    ['a default does not hide null', 'default v := 1\nv := null', 'data.p.v', null],
    [
      'elses are tried in order',
      'v := 1 if input.a\nelse := 2 if input.b\nelse := 3',
      'data.p.v',
      2,
      { input: { b: true } },
    ],
    [
      'a set gathers',
      'names contains user.name if some user in input.users',
      'data.p.names',
      ['ann', 'bob'],
      { input: { users: [{ name: 'bob' }, { name: 'ann' }, { name: 'bob' }] } },
    ],
    [
      'an object gathers',
      'ages[user.name] := user.age if some user in input.users',
      'data.p.ages',
      { ann: 1, bob: 2 },
      {
        input: {
          users: [
            { name: 'ann', age: 1 },
            { name: 'bob', age: 2 },
          ],
        },
      },
    ],
    [
      'heads with several keys build nested objects',
      'tree[a][b] if {\n some a in ["x", "y"]\n some b in ["1"]\n}\ntree.z.w := 3',
      'data.p.tree',
      { x: { 1: true }, y: { 1: true }, z: { w: 3 } },
    ],
    ['functions match patterns', 'f([x, {"k": y}]) := x + y\nv := f([1, {"k": 2}])', 'data.p.v', 3],
    ['a function of a wrong pattern is undefined', 'f("a") := 1\nv := f("b")', 'data.p.v', undefined],
    [
      'unification works in both directions and through composites',
      'v := [x, y] if {\n [x, {"a": y}] = [1, {"a": x}]\n}',
      'data.p.v',
      [1, 1],
    ],
    ['literals are put into an order that binds', 'v := y if {\n y == x + 1\n x = 4\n y = 5\n}', 'data.p.v', 5],
    [
      'a reference binds what it is indexed with',
      'v contains i if input.list[i] == "b"',
      'data.p.v',
      [1, 2],
      { input: { list: ['a', 'b', 'b'] } },
    ],
    ['a wildcard is any', 'v if input.list[_].ok', 'data.p.v', true, { input: { list: [{}, { ok: true }] } }],
    [
      'not holds for undefined and false',
      'v if not input.missing\nw if not false\nz if not true',
      '[data.p.v, data.p.w]',
      [true, true],
      { input: {} },
    ],
    ['every holds over nothing', 'v if every x in [] { x > 1 }', 'data.p.v', true],
    ['every needs each', 'v if every i, x in input { x > i }', 'data.p.v', undefined, { input: [1, 1] }],
    [
      'comprehensions close over what is around them',
      'v := {x: [y | some y in [1, 2, 3]; y > x] | some x in [1, 2]}',
      'data.p.v',
      { 1: [2, 3], 2: [3] },
    ],
    ['in takes a key', 'v if 1, "b" in ["a", "b"]\nw if "k", 2 in {"k": 3}', '[data.p.v]', [true]],
    ['sets are sets', 'v := ({1, 2} | {3}) - ({1, 3} & {3, 4})', 'data.p.v', [1, 2]],
    ['composites are keys', 'v := {[1, 2]: "a", {"x": 1}: "b"}[{"x": 1}]', 'data.p.v', 'b'],
    [
      'order is null, booleans, numbers, strings, arrays, objects, sets',
      'v := [x | some x in {{1}, {"a": 1}, [1], "s", 1, true, null}]',
      'data.p.v',
      [null, true, 1, 's', [1], { a: 1 }, [1]],
    ],
    [
      'with replaces input',
      'a := input.x\nv := [a, b] if {\n b := a with input.x as 2\n}',
      'data.p.v',
      [1, 2],
      { input: { x: 1 } },
    ],
    [
      'with replaces data and rules',
      'a := data.limit\nb := a\nv := x if x := b with data.limit as 7\nw := x if x := b with data.p.a as 8',
      '[data.p.v, data.p.w]',
      [7, 8],
      { data: { limit: 1 } },
    ],
    [
      'with replaces functions',
      'f(x) := x\ng(x) := x * 2\nv := x if x := f(3) with f as g\nw := x if x := count([1]) with count as 9',
      '[data.p.v, data.p.w]',
      [6, 9],
    ],
    [
      'in what replaces a function nothing is replaced',
      'f(x) := count(x) + 10\ng(_) := 99\nv := x if x := max([1]) with max as f with count as g',
      'data.p.v',
      11,
    ],
    [
      'an object or a comprehension behind if is itself, not a body',
      'v if {"a": input.x}\nw if {x: 1 | some x in input.none}',
      '[data.p.v, data.p.w]',
      [true, true],
      { input: { x: false } },
    ],
    [
      'rules with a constant and with a variable in their heads add to one set',
      'p[q] contains r if {\n some q, r in {"a": 1, "b": 2}\n}\np.b contains 3',
      'data.p.p',
      { a: [1], b: [2, 3] },
    ],
    [
      'letters keep their number in another case',
      'v := [upper("stra\u00dfe"), lower("\u0130\u03a3")]',
      'data.p.v',
      ['STRA\u00dfE', 'i\u03c3'],
    ],
    [
      'what is cut off is cut off towards zero',
      'v := [format_int(-255.7, 16), format_int(255.7, 16)]',
      'data.p.v',
      ['-ff', 'ff'],
    ],
    [
      'what reaches a network can be replaced',
      'f(_) := {"status": 200}\nv := x.status if x := http.send({}) with http.send as f',
      'data.p.v',
      200,
    ],
    [
      'templates of Go',
      'v := strings.render_template(`{{range $i, $n := .names}}{{if $i}}, {{end}}{{$n}}{{else}}nobody{{end}}`, input)',
      'data.p.v',
      'ann, bob',
      { input: { names: ['ann', 'bob'] } },
    ],
    [
      'imports name other packages',
      ['package a.b\nlimit := 5', 'package p\nimport data.a.b as other\nv := other.limit'],
      'data.p.v',
      5,
    ],
    ['keywords are names behind a dot', 'in.if := 1\nv := in.if', 'data.p.v', 1],
    ['raw strings stay as they are', 'v := `a\\n{x}`', 'data.p.v', 'a\\n{x}'],
    [
      'templates show what is undefined',
      'v := $"{input.user} \\{x} {input.none} {[1, "a"]}"',
      'data.p.v',
      'ann {x} <undefined> [1, "a"]',
      { input: { user: 'ann' } },
    ],
    [
      'decimals are exact and integers are big',
      'v := [0.1 + 0.2, 9007199254740993 - 1 == 9007199254740992, 7 / 2, 10 % 4]',
      'data.p.v',
      [0.3, true, 3.5, 2],
    ],
    [
      'a big integer is text for a verb of texts',
      'v := sprintf("%s", [123456789123456789123])',
      'data.p.v',
      '123456789123456789123',
    ],
    [
      'a token with an extension that has to be understood is not believed',
      `key := {"kty": "oct", "k": "c2VjcmV0"}
sign(header) := io.jwt.encode_sign(header, {"sub": "ann"}, key)
good(token) := io.jwt.decode_verify(token, {"secret": "secret"})[0]
v := [good(sign({"alg": "HS256"})), good(sign({"alg": "HS256", "crit": ["junk"], "junk": 1}))]`,
      'data.p.v',
      [true, false],
    ],
    ['a failing builtin is undefined', 'v := 1 / 0\nw := to_number("x")', '[x | x := data.p[_]]', []],
    [
      'walk visits everything',
      'v contains path if {\n walk(input, [path, "hit"])\n}',
      'data.p.v',
      [['a', 0], ['b']],
      { input: { a: ['hit'], b: 'hit' } },
    ],
    ['the whole package is a document', 'a := 1\nb contains 2\nc if false', 'data.p', { a: 1, b: [2] }],
    ['annotations are read', '# METADATA\n# title: Yes\nv := rego.metadata.rule().title', 'data.p.v', 'Yes'],
  ];
  for (const [title, policy, query, expected, given] of cases)
    it(title, () => {
      const answer = ask(policy, query, given);
      assert.deepEqual(answer, expected);
    });

  it('gives an error for two values of one rule, not either of them', () => {
    assert.throws(
      () => ask('v := x if some x in [1, 2]', 'data.p.v'),
      /policy-0\.rego:2:1: eval_conflict_error: complete rules must not produce multiple outputs/,
    );
    assert.throws(
      () => ask('v[k] := x if {\n k := "a"\n some x in [1, 2]\n}', 'data.p.v'),
      /object keys must be unique/,
    );
    assert.throws(
      () => ask('f(_) := x if some x in [1, 2]\nv := f(1)', 'data.p.v'),
      /functions must not produce multiple outputs/,
    );
  });
});
