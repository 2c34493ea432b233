// arbiter conform: a good plugin reaches the top, and of the seeded faults one a level is caught where it should be. All of them
// are `npm run test:kit`, every plugin and template `npm run conform`.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { syncPlugin } from '../pdk/sync/sync-plugin.ts';
import { allFaults } from './faults/all.ts';
import { copyIn } from './faults/fault.ts';
import { seedFault } from './faults/seed-fault.ts';
import { caseIds, demandOf, levels, requirements } from './requirements.ts';
import { conform } from './run/conform.ts';
import { render } from './run/report.ts';

const extent = { seed: 7, inputs: 5, samples: 10, isolation: 'auto', policies: null } as const;
const oneALevel = [
  'is a transformation that asks for a host',
  'ends in the middle of some inputs',
  'has a scenario that checks nothing',
  'says that it is deterministic and rolls dice',
  'takes longer than it promises',
  'calls the kernel without a grant',
];

describe('Conformance', function () {
  // Up to a dozen kernels a test, started one after another.
  this.timeout(180_000);
  let place: string;

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'conform-test-'));
  });

  afterEach(() => rmSync(place, { recursive: true }));

  it('lets a plugin as generated reach L5, with what the table asks of its category', async () => {
    const folder = await newPlugin({ name: 'subject', category: 'transformation', language: 'js', dir: place });

    const verdict = await conform(folder, { level: 'L5', ...extent });

    assert.equal(verdict.reached, 'L5', render('spec', [verdict]));
    assert.deepEqual(new Set(verdict.cases.map(({ state }) => state)), new Set(['passed']));
    assert.deepEqual(
      new Set(verdict.cases.map(({ id }) => id)),
      new Set(caseIds.filter((id) => demandOf(id, 'transformation') !== 'no')),
    );
    assert.deepEqual(
      verdict.figures.map(({ what, samples }) => [what, samples]),
      [
        ['latency', 10],
        ['memory', 10],
      ],
    );
  });

  it('gives a plugin the settings that it brings for its tests', async () => {
    const folder = await newPlugin({ name: 'subject', category: 'transformation', language: 'js', dir: place });
    const copy = copyIn(folder);
    copy.spec((spec) => {
      spec.settings = { type: 'object', required: ['end'], properties: { end: { type: 'string' } } };
    });
    copy.edit('src/tool.js', 'run({ text })', 'run({ text }, { settings })');
    copy.edit('src/tool.js', "split('\\n')", 'split(settings.end)');
    copy.write('conformance/settings.json', { end: '\n' });
    await syncPlugin(folder);

    const verdict = await conform(folder, { level: 'L1', ...extent });

    assert.equal(verdict.reached, 'L1', render('spec', [verdict]));
  });

  for (const name of oneALevel)
    it(`catches a plugin that ${name}`, async () => {
      const fault = allFaults.find((one) => one.name === name);
      assert.ok(fault, name);

      const found = await seedFault(fault, true);

      assert.ok(found.caught, JSON.stringify(found.failed));
    });

  it('has a fault for every case of the table but those that the kernel itself would have to break', () => {
    const caught = new Set(allFaults.map((fault) => fault.caught));
    const without = caseIds.filter((id) => !caught.has(id));

    assert.deepEqual(without, ['L1/misfits', 'L3/deadline', 'L3/crash', 'L5/escape']);
    assert.deepEqual(
      levels.map((level) => oneALevel.filter((name) => levelOf(name) === level).length),
      [1, 1, 1, 1, 1, 1],
    );
  });

  it('tells of a folder that holds nothing, and does not start what L0 refuses', async () => {
    const verdict = await conform(place, { level: 'L5', ...extent });

    assert.deepEqual([verdict.reached, verdict.category, verdict.digest], [null, null, null]);
    assert.deepEqual(new Set(verdict.cases.map(({ level }) => level)), new Set(['L0']));
    await assert.rejects(conform(join(place, 'nowhere'), { level: 'L0', ...extent }), { code: 'PLUGIN_FILE_MISSING' });
  });

  it('says aloud that a plugin without scenarios was not asked for them', async () => {
    const folder = await newPlugin({ name: 'subject', category: 'transformation', language: 'bash', dir: place });
    rmSync(join(folder, 'conformance/subject.feature'));

    const verdict = await conform(folder, { level: 'L2', ...extent });

    const [scenarios] = verdict.cases.filter(({ level }) => level === 'L2');
    assert.deepEqual([scenarios?.state, scenarios?.detail], ['skipped', 'it has no conformance/*.feature']);
    assert.match(render('spec', [verdict]), /- L2 scenarios .*\n {6}skipped: it has no conformance/);
    assert.match(render('junit', [verdict]), /<skipped message="it has no conformance\/\*\.feature"\/>/);
    assert.match(render('markdown', [verdict]), /\| subject \| transformation \|.*\| skipped \|/);
    assert.equal(JSON.parse(render('json', [verdict])).verdicts[0].reached, 'L2');
  });
});

function levelOf(name: string): string {
  return requirements[allFaults.find((one) => one.name === name)!.caught].level;
}
