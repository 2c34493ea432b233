import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDecisions } from '../decide.ts';
import { asDmn, tableSource } from '../fixtures/table-source.ts';
import { bucketOf, findCanary } from './canary.ts';

describe('A canary', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arbiter-canary-'));
    file = join(folder, 'decisions.dmn');
    const table = (answer: string) => asDmn(tableSource({ id: 't', inputs: ['x: number'], rules: [['-', answer]] }));
    await writeFile(file, table('"old"'));
    await writeFile(join(folder, 'decisions.canary-30.dmn'), table('"new"'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('answers for its share of the tasks, the same ones each time, and for none that is not named', async () => {
    const decisions = await loadDecisions([file]);
    const tasks = Array.from({ length: 1_000 }, (_, index) => `task-${index}`);

    const answers = await Promise.all(tasks.map(async (task) => (await decisions.decide('t', { x: 1 }, task)).output));

    assert.deepEqual(
      answers,
      tasks.map((task) => (bucketOf(task) < 30 ? 'new' : 'old')),
    );
    const share = answers.filter((answer) => answer === 'new').length;
    assert.ok(share > 240 && share < 360, `${share} of 1000`);
    assert.equal((await decisions.decide('t', { x: 1 })).output, 'old');
  });

  it('is refused where there are two, or where its name says no percentage', async () => {
    await writeFile(join(folder, 'decisions.canary-40.dmn'), '');
    assert.throws(() => findCanary([file]), {
      code: 'TABLE_INVALID',
      message: /decisions\.canary-40\.dmn is a canary beside it/,
    });
    await rm(join(folder, 'decisions.canary-40.dmn'));
    await rm(join(folder, 'decisions.canary-30.dmn'));
    assert.equal(findCanary([file]), null);
    await writeFile(join(folder, 'decisions.canary-all.dmn'), '');
    assert.throws(() => findCanary([file]), { code: 'TABLE_INVALID', message: /its name has to say a percentage/ });
  });
});
