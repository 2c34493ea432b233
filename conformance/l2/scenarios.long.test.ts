// L2 on a real plugin, in the real sandbox: scenarios that hold, and what is said of those that do not.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newPlugin } from '../../pdk/scaffold/new-plugin.ts';
import { conform } from '../run/conform.ts';
import type { CaseResult } from '../run/run-level.ts';

const extent = { seed: 7, inputs: 1, samples: 1, isolation: 'auto', policies: null } as const;

describe('Scenarios', function () {
  // A kernel each, one after another.
  this.timeout(120_000);
  let place: string;
  let folder: string;

  before(async () => {
    place = mkdtempSync(join(tmpdir(), 'scenarios-'));
    folder = await newPlugin({ name: 'note', category: 'state-change', language: 'bash', dir: place });
  });

  after(() => rmSync(place, { recursive: true }));

  async function play(feature: string, steps?: string): Promise<CaseResult[]> {
    writeFileSync(join(folder, 'conformance/note.feature'), feature);
    if (steps === undefined) rmSync(join(folder, 'conformance/steps.mjs'), { force: true });
    else writeFileSync(join(folder, 'conformance/steps.mjs'), steps);
    const { cases } = await conform(folder, { level: 'L2', only: 'L2/scenario', ...extent });
    return cases.filter(({ level }) => level === 'L2');
  }

  const failures = (cases: readonly CaseResult[]) => cases.filter(({ state }) => state !== 'passed');

  it('hold with every built-in step, on folders and on repositories', async () => {
    const cases = await play(`Feature: notes
  Background:
    Given the input:
      """json
      { "name": "tea", "text": "one\\ntwo" }
      """

  Scenario: a folder
    Given the file "old.txt" with "old"
    And the file "list.txt" with:
      """
      a
      b
      """
    And the files:
      | path     | content |
      | tea.md   | x\\n    |
      | sub/c.md | c       |
    When the tool note runs
    Then the output is:
      """
      { "written": "tea.md" }
      """
    And the output has:
      """
      { "written": "tea.md" }
      """
    And the file "tea.md" holds:
      """
      one
      two
      """
    And the file "list.txt" holds "a\\nb\\n"
    And the file "sub/c.md" holds "c"
    And there is no file "other.md"
    And it changes "tea.md"

  Scenario: a repository, whose result is on a branch
    Given the commit "First" with the files:
      | path   | content |
      | tea.md | x       |
      | a.txt  | a       |
    When the tool runs
    Then the file "tea.md" holds "one\\ntwo\\n"
    And the file "a.txt" holds "a"
    And it changes "tea.md"

  Scenario: nothing but seen
    Given the file "a" with "a"
    When the tool runs with whatIf
    Then it changes "tea.md"
    And there is no file "tea.md"

  Scenario: refused
    Given the input {"name":"tea","text":"x","more":1}
    When the tool note runs with whatIf
    Then the tool refuses with "more"
    And it changes nothing
`);

    assert.deepEqual(failures(cases), []);
    assert.equal(cases.length, 4);
  });

  it('hold as docs/conformance.md shows them', async () => {
    const page = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8');
    const blocks = (language: string) =>
      [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block]) => block);
    const words = await newPlugin({ name: 'word-count', category: 'transformation', language: 'bash', dir: place });
    writeFileSync(join(words, 'conformance/word-count.feature'), blocks('gherkin').join('\n'));
    writeFileSync(join(words, 'conformance/steps.mjs'), blocks('js').join(''));

    const { cases } = await conform(words, { level: 'L2', only: 'L2/scenario', ...extent });

    assert.deepEqual(failures(cases), []);
    assert.deepEqual(
      cases.filter(({ level }) => level === 'L2').map(({ title }) => title.replace(/\d+/, 'n')),
      [
        'own steps of conformance/steps.mjs',
        'counts',
        'counts what is not words (line n)',
        'counts what is not words (line n)',
        'is regular',
      ],
    );
  });

  it('say what was expected, what came and where', async () => {
    const [file, change, nothing, refusal] = await play(`Feature: notes
  Background:
    Given the input {"name":"tea","text":"x"}
  Scenario: another content
    When the tool runs
    Then the file "tea.md" holds "y\\n"
  Scenario: another change
    When the tool runs
    Then it changes "coffee.md"
  Scenario: no change, since it failed
    Given the input {"name":"tea"}
    When the tool runs
    Then it changes nothing
  Scenario: a way out
    When the tool runs
    Then the file "../../../../../../../../etc/hostname" holds ""
`);

    const place = 'conformance/note.feature';
    assert.equal(file?.detail, `expected: "y\\n"\ncame: "x\\n"\nreproduce: ${place}:6: the file "tea.md" holds "y\\n"`);
    assert.deepEqual([file?.file, file?.line], [place, 6]);
    assert.match(change?.detail ?? '', /^expected: a change of coffee\.md\ncame: changes of tea\.md\n/);
    assert.match(nothing?.detail ?? '', /^expected: an answer\ncame: .*INPUT_INVALID/);
    assert.match(refusal?.detail ?? '', /^expected: ""\ncame: no such file\n/);
  });

  it('refuse workspaces that lead out, or into what git obeys', async () => {
    const [out, obeyed] = await play(`Feature: notes
  Scenario: out
    Given the file "../../out" with "a"
    When the tool runs
    Then it changes nothing
  Scenario: obeyed
    Given the commit "a" with the files:
      | path        | content                         |
      | .git/config | [core]\\nfsmonitor = touch /tmp/out |
    When the tool runs
    Then it changes nothing
`);

    assert.match(out?.detail ?? '', /^expected: files below the workspace, and none in \.git\ncame: \.\.\/\.\.\/out\n/);
    assert.match(obeyed?.detail ?? '', /came: \.git\/config\n/);
  });

  it('may have steps of their own, in a box, which see what is given and what came', async () => {
    const [own, good, thrown, given, back] = await play(
      `Feature: notes
  Scenario: own steps
    Given a note of 3 lines called "tea"
    When the tool runs
    Then the note "tea" has 3 lines
    And it sees nothing of this machine
  Scenario: throws
    When the tool runs
    Then it is sunny
  Scenario: gives too much
    Given everything
    When the tool runs
    Then it changes nothing
  Scenario: gives back an opinion
    When the tool runs
    Then it is fine
`,
      `import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';

let calls = 0;

export const steps = {
  'Given a note of {int} lines called {text}': ({ input }, count, name) => ({
    input: { ...input, name, text: Array(count).fill('line').join('\\n') },
  }),
  'Then the note {text} has {int} line(s)': ({ files, effects, status, output }, name, count) => {
    assert.equal(status, 'done');
    assert.deepEqual(output, { written: name + '.md' });
    assert.deepEqual(effects.map(({ path, change }) => [path, change]), [[name + '.md', 'created']]);
    assert.equal(files[name + '.md'].trimEnd().split('\\n').length, count);
    assert.equal((calls += 1), 1);
  },
  'Then it sees nothing of this machine': () => {
    assert.equal((calls += 1), 1, 'it remembers another call');
    assert.equal(existsSync(${JSON.stringify(folder)}), false);
  },
  'Then it is sunny': ({ message }) => { throw new Error('rain: ' + message); },
  'Given everything': () => ({ inptu: {} }),
  'Then it is fine': () => ({ input: {} }),
};
`,
    );

    assert.equal(own?.title, 'own steps of conformance/steps.mjs');
    assert.deepEqual(failures([own as CaseResult, good as CaseResult]), []);
    assert.match(
      thrown?.detail ?? '',
      /^expected: what the step says: Then it is sunny\ncame: rain: The input .*\nreproduce: conformance\/note\.feature:9: it is sunny$/,
    );
    assert.match(given?.detail ?? '', /came: \/change has an unknown key "inptu"/);
    assert.match(back?.detail ?? '', /^expected: a step that throws, or gives back nothing\ncame: \{"input":\{\}\}/);
  });

  const unusable: Readonly<Record<string, [steps: string, detail: RegExp]>> = {
    'cannot be parsed': [
      'export const steps = {\n  a b\n};\n',
      /came: Unexpected.*\nreproduce: look at conformance\/steps\.mjs:2$/,
    ],
    'export none': ['export default {};', /came: it exports no object called steps/],
    'have a step that is no function': ["export const steps = { 'Given a': 1 };", /came: Given a is no function/],
    'end the process': ['process.exit(3);', /came: Plugin own-steps ended in the middle of list/],
  };

  for (const [what, [steps, detail]] of Object.entries(unusable))
    it(`are skipped where own steps ${what}, and it is said once`, async () => {
      const [own, scenario] = await play('Feature: a\n  Scenario: b\n    Then c\n', steps);

      assert.equal(own?.state, 'failed');
      assert.match(own?.detail ?? '', detail);
      assert.equal(own?.file, 'conformance/steps.mjs');
      assert.deepEqual(
        [scenario?.state, scenario?.detail],
        ['skipped', 'it was not played: the own steps cannot be loaded'],
      );
    });
});
