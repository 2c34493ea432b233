// Plugins as their authors wrote them for an older minor of plugin.v1, in test/fixtures/plugin.v1: they load and run as ever.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conform } from '../conformance/run/conform.ts';
import { render } from '../conformance/run/report.ts';
import { compileSchema } from '../contracts/check.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const fixtures = new URL('./fixtures/plugin.v1/', import.meta.url);

/** For each plugin a task and what it gives. */
const tasks = [
  { task: { tool: 'upper-case', input: { text: 'quite small' } }, output: { text: 'QUITE SMALL' } },
  { task: { tool: 'first-line', input: { file: 'tea.txt' } }, output: { line: 'one pot' } },
];

function json(url: URL): Record<string, unknown> {
  return JSON.parse(readFileSync(url, 'utf8'));
}

for (const minor of readdirSync(fixtures))
  describe(`Plugins of plugin.v1 ${minor}`, () => {
    const folder = new URL(`${minor}/`, fixtures);
    const schema = json(new URL(`../contracts/released/plugin.v1/${minor}.json`, import.meta.url));
    const specs = readdirSync(folder).map((plugin) => json(new URL(`${plugin}/plugin.spec.json`, folder)));
    let at: TemporaryHome;

    beforeEach(() => {
      at = temporaryHome();
      cpSync(fileURLToPath(folder), at.home.plugins, { recursive: true });
    });

    afterEach(() => at.remove());

    it('fit it, and have every word of it between them', () => {
      for (const spec of specs) assert.deepEqual(compileSchema(schema)(spec), []);
      const said = new Set(specs.flatMap((spec) => Object.keys(spec)));
      assert.deepEqual(
        Object.keys(schema.properties as object).filter((word) => !said.has(word)),
        [],
      );
    });

    it('load and run a task, with a warning for each word that is deprecated by now', async () => {
      const workspace = at.folder('kitchen', { 'tea.txt': 'one pot\nhot\n' });
      at.drop(
        'old.jsonl',
        tasks.map(({ task }) => ({ ...task, ...(task.tool === 'first-line' && { workspace }) })),
      );

      const { stdout, stderr } = await at.arbiter('start', '--once');

      assert.deepEqual(
        at.results('old.jsonl').map(({ status, output }) => ({ status, output })),
        tasks.map(({ output }) => ({ status: 'done', output })),
        stdout + stderr,
      );
      assert.match(
        stdout,
        /^Started: .*\nWarning: The plugin upper-case says errorHandling\.retryPolicy in plugin\.spec\.json, which is deprecated\. Use errorHandling\.retry instead: nothing reads this\. \(PLUGIN_WORD_DEPRECATED\)\n/,
      );
      assert.equal(stdout.match(/^Warning: /gm)?.length, 3);
    });

    it('get a note from conformance for each of those words, which fails nothing', async () => {
      const extent = { seed: 1, inputs: 1, samples: 1, isolation: 'auto', policies: null } as const;

      const verdict = await conform(join(at.home.plugins, 'upper-case'), { level: 'L0', ...extent });

      const spec = verdict.cases.find(({ id }) => id === 'L0/spec');
      assert.deepEqual([spec?.state, spec?.notes?.length], ['passed', 3]);
      const note = 'errorHandling.retryPolicy is deprecated. Use errorHandling.retry instead: nothing reads this.';
      assert.ok(render('spec', [verdict]).includes(`\n      note: ${note}\n`));
      assert.ok(render('markdown', [verdict]).includes(`\n- upper-case: ${note}\n`));
      assert.ok(render('junit', [verdict]).includes(`"><system-out>${note}&#10;`));
      assert.deepEqual(JSON.parse(render('json', [verdict])).verdicts[0].cases[0].notes[0], note);
    });

    it('are listed and shown with those warnings', async () => {
      const list = await at.arbiter('plugin', 'list', '--json');
      const info = await at.arbiter('plugin', 'info', 'upper-case');

      assert.deepEqual([list.status, info.status], [0, 0]);
      const upper = JSON.parse(list.stdout).plugins.find(({ id }: { id: string }) => id === 'upper-case');
      assert.deepEqual(
        upper.warnings.map(({ code }: { code: string }) => code),
        Array(3).fill('PLUGIN_WORD_DEPRECATED'),
      );
      assert.match(
        info.stdout,
        / {2}warning: The plugin upper-case says errorHandling\.fallback in .* whose table fallback decides/,
      );
    });
  });
