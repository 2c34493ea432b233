// arbiter promote, and what a kernel does with a canary.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KernelBody } from '../contracts/generated/ledger.v1.ts';
import { digestOf } from '../ledger/digest.ts';
import { openReader } from '../ledger/reader.ts';
import { bucketOf } from '../process/decisions/canary.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

const shipped = readFileSync(fileURLToPath(new URL('../process/decisions.dmn', import.meta.url)), 'utf8');
const changed = shipped.replace('Which plugin runs a tool.', 'Which plugin is to run a tool.');

describe('arbiter promote', () => {
  let at: TemporaryHome;
  let file: string;
  beforeEach(() => {
    at = temporaryHome();
    file = join(at.place, 'changed.dmn');
    writeFileSync(file, changed);
  });
  afterEach(() => at.remove());

  function promotions(): KernelBody[] {
    const reader = openReader(at.home.ledger);
    try {
      return reader
        .latest(50, 'kernel')
        .map(({ body }) => body as KernelBody)
        .filter(({ event }) => event === 'promoted');
    } finally {
      reader.close();
    }
  }

  it('puts the tables into force, keeps every version by digest, and writes an entry', async () => {
    writeFileSync(join(at.home.process, 'decisions.dmn'), shipped);

    const { stdout, status } = await at.arbiter('promote', file);

    assert.equal(status, 0);
    assert.match(stdout, /^decisions\.dmn of this home is now [0-9a-f]{12}, for every task from the next start on\.$/m);
    assert.equal(readFileSync(join(at.home.process, 'decisions.dmn'), 'utf8'), changed);
    const kept = [shipped, changed].map((text) => `${digestOf(text).slice(7)}.dmn`).sort();
    assert.deepEqual(readdirSync(join(at.home.process, 'versions')).sort(), kept);
    const [promotion] = promotions();
    assert.deepEqual(
      [promotion?.facts.version, promotion?.facts.before, promotion?.facts.percent],
      [digestOf(changed), digestOf(shipped), 100],
    );
    assert.equal((await at.arbiter('ledger', 'verify')).status, 0);
  });

  it('says which tables the home no longer has of its own', async () => {
    await at.arbiter('promote', file);
    const from = changed.indexOf('<decision id="rollback"');
    const to = changed.indexOf('<decision id="approval"');
    const diagram = /<dmndi:DMNDI>.*<\/dmndi:DMNDI>/s;
    writeFileSync(file, `${changed.slice(0, from)}${changed.slice(to)}`.replace(diagram, ''));

    const { stdout } = await at.arbiter('promote', file);

    assert.match(stdout, /^rollback is no longer in it: the package's own is in force again\.$/m);
  });

  it('refuses tables that mean nothing, and leaves everything as it was', async () => {
    writeFileSync(file, changed.replace('rule1.in1"><text>"fail"', 'rule1.in1"><text>fail'));

    const { stderr, status } = await at.arbiter('promote', file);

    assert.equal(status, 3);
    assert.match(stderr, /table rollback, rule 1, column gate: fail: Variable 'fail' not found/);
    assert.equal(existsSync(join(at.home.process, 'decisions.dmn')), false);
    assert.equal(existsSync(at.home.ledger), false);
  });

  it('--canary lets them answer for a share of the tasks, by their ids, and each entry says which version decided', async () => {
    await at.arbiter('promote', file, '--canary', '50');
    assert.deepEqual(readdirSync(at.home.process).sort(), ['decisions.canary-50.dmn', 'versions']);
    const ids = Array.from({ length: 8 }, (_, index) => `task-${index}`);
    at.drop(
      'a.jsonl',
      ids.map((id) => ({ id, tool: 'jsonl-parser', input: { text: '1' } })),
    );

    await at.arbiter('start', '--once');

    const reader = openReader(at.home.ledger);
    const versions = ids.map((id) => reader.outcomeOf(id)?.body.decisions[0]?.version);
    reader.close();
    assert.deepEqual(
      versions,
      ids.map((id) => digestOf(bucketOf(id) < 50 ? changed : shipped)),
    );
    assert.equal(new Set(versions).size, 2);
  });

  it('ends the canary when the tables are promoted for all', async () => {
    await at.arbiter('promote', file, '--canary', '5');
    await at.arbiter('promote', file);

    assert.deepEqual(readdirSync(at.home.process).sort(), ['decisions.dmn', 'versions']);
    assert.equal((await at.arbiter('promote', file, '--canary', '101')).status, 64);
  });
});
