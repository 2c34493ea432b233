import assert from 'node:assert/strict';
import { shapeOfFacts } from './facts.ts';
import { refuseUnknownFields } from './known-fields.ts';
import { compileProgram } from './rego/program.ts';

describe('fields that policies read', () => {
  const check = (...texts: readonly string[]) =>
    refuseUnknownFields(
      compileProgram(texts.map((text, index) => ({ file: `${index}.rego`, text: `package ${text}` }))),
      shapeOfFacts,
    );

  const refused: readonly (readonly [title: string, rules: string, message: RegExp])[] = [
    [
      'of the input',
      'v if input.task.approved',
      /0\.rego:2:6: .*undefined ref: input\.task\.approved: there is tool, /,
    ],
    [
      'of each item',
      'v if input.effects.files[_].chnge == "deleted"',
      /undefined ref: input\.effects\.files\[_\]\.chnge: /,
    ],
    [
      'of an item that has a name',
      'v if {\n some file in input.effects.files\n file.chnge == "deleted"\n}',
      /0\.rego:4:2: rego_type_error: undefined ref: file\.chnge: there is path, change, type, mode, size$/,
    ],
    ['where it is bound later', 'v if {\n f.chnge == "x"\n f = files[_]\n files = input.effects.files\n}', /f\.chnge/],
    ['of every item', 'v if every f in input.findings { f.knd == "secret" }', /undefined ref: f\.knd: there is kind, /],
    ['behind not', 'v if not input.plugin.name', /input\.plugin\.name: there is id, version/],
    ['within a comprehension', 'v := count([f | some f in input.requests; f.url == ""])', /undefined ref: f\.url/],
    ['in a template', 'v := $"{input.task.name}"', /input\.task\.name/],
    [
      'of members of a rule',
      'brought contains f if {\n some f in input.effects.files\n f.change != "deleted"\n}\nv if some f in brought\nw if {\n some f in brought\n f.perms == "777"\n}',
      /undefined ref: f\.perms/,
    ],
    ['of a rule that stands for a part', 't := input.task\nv if t.who', /undefined ref: data\.p\.t\.who/],
    [
      'of a text',
      'v if input.task.title.length > 3',
      /input\.task\.title\.length: a text, number or boolean has no fields/,
    ],
    ['of a list', 'v if input.task.tags.production', /input\.task\.tags\.production: a list has no fields/],
    ['of no policy', 'v if not data.q.deny', /undefined ref: data\.q$/],
    ['of a policy that has it not', 'import data.p.x.y\nv if not y', /undefined ref: data\.p\.x/],
  ];
  for (const [title, rules, message] of refused)
    it(`are refused: ${title}`, () => {
      assert.throws(() => check(`p\n${rules}`), message);
    });

  const accepted: readonly (readonly [title: string, rules: string])[] = [
    ['below what people fill as they like', 'v if input.task.metadata.a.b == input.task.input.c[0]'],
    ['under a key that is looked for', 'v if input.effects[k] == 1'],
    ['in a set, by a member', 's := {x | some x in input.task.tags}\nv if s.production\nw contains "a"\nz if w.a'],
    ['of an argument', 'f(x) := x.y\nv if f(input.task)'],
    ['of what stands in place of the input', 'v if input.x.y == 1 with input as {"x": {"y": 1}}'],
    ['of rules that give different things', 't := input.task if input.phase == "before"\nelse := {"b": 1}\nv if t.b'],
    ['of an object that rules make', 'o[k] := 1 if k := "a"\nv if o.b'],
  ];
  for (const [title, rules] of accepted)
    it(`may be anything: ${title}`, () => {
      check(`p\n${rules}`);
    });
});
