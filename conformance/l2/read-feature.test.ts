import assert from 'node:assert/strict';
import { readFeature } from './read-feature.ts';

const file = 'conformance/a.feature';
const feature = (...lines: string[]) => ['Feature: words', ...lines].join('\n');
const played = (text: string) =>
  readFeature(text, file).map(({ title, steps }) => [title, steps.map(({ text }) => text)]);

describe('Features', () => {
  it('are read with backgrounds, rules and tags', () => {
    const text = feature(
      '  Background:\n    Given a',
      '  @slow\n  Scenario: first\n    When b',
      '  Rule: of thumb\n    Background:\n      Given c\n    Example: second\n      When d # no comment',
    );

    assert.deepEqual(played(text), [
      ['first', ['a', 'b']],
      ['second', ['a', 'c', 'd # no comment']],
    ]);
  });

  it('unfold outlines, whose rows can be told apart', () => {
    const outline = (name: string) =>
      feature(
        `  Scenario Outline: ${name}`,
        '    Given <n>',
        '    Examples:',
        '      | n |',
        '      | 1 |',
        '      | 2 |',
      );

    assert.deepEqual(played(outline('counts <n>')), [
      ['counts 1', ['1']],
      ['counts 2', ['2']],
    ]);
    assert.deepEqual(played(outline('counts')), [
      ['counts (line 6)', ['1']],
      ['counts (line 7)', ['2']],
    ]);
  });

  it('give steps their doc string or table, and their line', () => {
    const text = feature(
      '  Scenario: a',
      '    Given the input:',
      '      """json',
      '      { "text": "a" }',
      '      """',
      '    And the files:',
      '      | path | content |',
      '      | a    | b\\nc    |',
    );

    assert.deepEqual(readFeature(text, file), [
      {
        file,
        title: 'a',
        line: 2,
        steps: [
          { line: 3, text: 'the input:', docString: '{ "text": "a" }' },
          {
            ...{ line: 7, text: 'the files:' },
            table: [
              ['path', 'content'],
              ['a', 'b\nc'],
            ],
          },
        ],
      },
    ]);
  });

  it('may be in another language', () => {
    const text = '# language: de\nFunktionalität: Wörter\n  Szenario: zählt\n    Angenommen the input {}\n';

    assert.deepEqual(played(text), [['zählt', ['the input {}']]]);
  });

  const refused: Readonly<Record<string, [text: string, message: RegExp, line: number | undefined]>> = {
    'a line that is no step': [
      feature('  Scenario: a', '    Given b', '    Perhaps it runs'),
      /^expected: a feature in Gherkin\ncame: conformance\/a\.feature:4:5: expected: .*got 'Perhaps it runs'\nreproduce: look at conformance\/a\.feature:4:5$/,
      4,
    ],
    'a table with rows of different lengths': [
      feature('  Scenario: a', '    Given b', '      | a | b |', '      | c |'),
      /a\.feature:5:7: inconsistent cell count within the table/,
      5,
    ],
    'a language that there is not': ['# language: xx\nFeature: a\n', /a\.feature:1:1: Language not supported: xx/, 1],
    'no scenario': [feature('  Perhaps: a', '    Given b'), /expected: a scenario\ncame: none/, undefined],
    'an outline without a row': [
      feature('  Scenario: a', '    Given b', '  Scenario Outline: c', '    Given <d>', '    Examples:', '      | d |'),
      /expected: a row of examples for every outline\ncame: an outline without one\nreproduce: look at .*a\.feature:4$/,
      4,
    ],
  };

  for (const [what, [text, message, line]] of Object.entries(refused))
    it(`are refused with their place: ${what}`, () => {
      assert.throws(() => readFeature(text, file), { name: 'Unmet', message, file, line });
    });
});
