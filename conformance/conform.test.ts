// arbiter conform against plugins with known faults: each is caught, at the level that it should be, and a good one passes.
// The full run over every plugin and template is `npm run conform`.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PluginSpec } from '../contracts/generated/plugin.v1.ts';
import { newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { syncPlugin } from '../pdk/sync/sync-plugin.ts';
import { readFeature } from './l2/read-feature.ts';
import { conform, type Level, type Verdict } from './run/conform.ts';
import { render } from './run/report.ts';

const asked = { level: 'L3', seed: 7, runs: 5, isolation: 'auto' } as const;

describe('Conformance', function () {
  // Up to a dozen kernels a test, started one after another.
  this.timeout(180_000);
  let place: string;

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'conform-test-'));
  });

  afterEach(() => rmSync(place, { recursive: true }));

  /** A plugin as generated, in JavaScript, but for what `spoil` does to it. */
  async function spoilt(
    category: PluginSpec['category'],
    spoil: (folder: string) => void,
    level: Level = 'L3',
  ): Promise<Verdict> {
    const folder = await newPlugin({ name: 'subject', category, language: 'js', dir: place });
    spoil(folder);
    await syncPlugin(folder);
    return conform(folder, { ...asked, level });
  }

  function demandCaught({ cases, reached }: Verdict, level: Level, title: RegExp, detail: RegExp): void {
    const failed = cases.filter(({ state }) => state === 'failed');
    assert.deepEqual(
      failed.map((one) => one.level),
      [level],
      JSON.stringify(failed),
    );
    assert.match(failed[0]!.title, title);
    assert.match(failed[0]!.detail ?? '', detail);
    const below = { L0: null, L1: 'L0', L2: 'L1', L3: 'L2' }[level];
    assert.equal(reached, below);
  }

  it('lets a state-change as generated reach L3, in each case', async () => {
    const verdict = await spoilt('state-change', () => {});

    assert.equal(verdict.reached, 'L3', render('spec', [verdict]));
    assert.deepEqual(new Set(verdict.cases.map(({ state }) => state)), new Set(['passed']));
    assert.equal(verdict.cases.filter(({ level }) => level === 'L3').length, 5);
  });

  it('catches a changed byte at L0, and does not start the plugin then', async () => {
    const folder = await newPlugin({ name: 'subject', category: 'transformation', language: 'js', dir: place });
    appendFileSync(join(folder, 'dist/plugin.js'), '\n');

    const verdict = await conform(folder, asked);

    demandCaught(
      verdict,
      'L0',
      /the digests are true/,
      /came: The file dist\/plugin\.js of plugin subject is not the one/,
    );
    assert.deepEqual(new Set(verdict.cases.map(({ level }) => level)), new Set(['L0']));
  });

  it('catches an answer that does not fit its schema at L1, with the seed and the input', async () => {
    const verdict = await spoilt('transformation', (folder) =>
      program(
        folder,
        'export const run = ({ text }) => ({ words: text === "" ? 0 : 3, lines: text === "" ? 0 : text.startsWith("one") ? 2 : -1 });',
      ),
    );

    demandCaught(
      verdict,
      'L1',
      /5 generated inputs that fit/,
      /PLUGIN_OUTPUT_INVALID[\s\S]*reproduce: --seed 7, input \{"text":/,
    );
  });

  it('catches a scenario that is not true at L2, with its line', async () => {
    const verdict = await spoilt('transformation', (folder) =>
      edit(join(folder, 'conformance/subject.feature'), '"words":2', '"words":99'),
    );

    demandCaught(
      verdict,
      'L2',
      /Counts words/,
      /expected: \{"words":99,"lines":0\}\ncame: .*\nreproduce: conformance\/subject\.feature:6/,
    );
  });

  it('catches at L3 who says that he is deterministic and is not', async () => {
    const verdict = await spoilt('transformation', (folder) => {
      program(
        folder,
        'export const run = ({ text }) => { if (text === "dice") throw new Error("unlucky " + Math.random()); return { words: text === "a b" ? 2 : 0, lines: 0 }; };',
      );
      rmSync(join(folder, 'conformance/golden/two-lines.json'));
      const dice = { tool: 'subject', input: { text: 'dice' }, error: 'unlucky' };
      writeFileSync(join(folder, 'conformance/golden/dice.json'), JSON.stringify(dice));
    });

    const failed = verdict.cases.filter(({ state }) => state === 'failed');
    assert.equal(verdict.reached, 'L2', render('spec', [verdict]));
    assert.ok(failed.some(({ title }) => title === 'tools that say they are deterministic give the same twice'));
    assert.match(failed[0]!.detail ?? '', /reproduce: conformance\/golden\/dice\.json/);
  });

  it('catches at L3 who shows another change under whatIf than is applied', async () => {
    const verdict = await spoilt('state-change', (folder) =>
      edit(join(folder, 'src/tool.js'), '\\n`);', '\\n`.slice(0, whatIf ? 1 : undefined));', [
        '{ workspace }',
        '{ workspace, whatIf }',
      ]),
    );

    demandCaught(verdict, 'L3', /what whatIf shows is what is applied/, /with whatIf and without/);
  });

  it('says aloud that a plugin without scenarios was not asked for them', async () => {
    const verdict = await spoilt(
      'transformation',
      (folder) => rmSync(join(folder, 'conformance/subject.feature')),
      'L2',
    );

    const [scenarios] = verdict.cases.filter(({ level }) => level === 'L2');
    assert.deepEqual([scenarios?.state, scenarios?.detail], ['skipped', 'it has no conformance/*.feature']);
    assert.match(render('spec', [verdict]), /- L2 scenarios .*\n {6}skipped: it has no conformance/);
    assert.match(render('junit', [verdict]), /<skipped message="it has no conformance\/\*\.feature"\/>/);
    assert.match(render('markdown', [verdict]), /\| subject \| transformation \|.*\| skipped \|/);
    assert.equal(JSON.parse(render('json', [verdict])).verdicts[0].reached, 'L2');
  });

  it('refuses a line of a feature file that is no step, with its number', () => {
    assert.throws(
      () => readFeature('Feature: x\n\n  Scenario: y\n    Perhaps it runs\n'),
      /came: Perhaps it runs\nreproduce: look at line 4/,
    );
  });
});

function program(folder: string, source: string): void {
  writeFileSync(join(folder, 'src/tool.js'), `${source}\n`);
}

function edit(file: string, from: string, to: string, also: readonly [string, string] = ['', '']): void {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(from) && text.includes(also[0]), `${file} has changed`);
  writeFileSync(file, text.replace(from, to).replace(...(also as [string, string])));
}
