import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Home, homeAt, makeFolders } from '../home.ts';
import { openWaitingRoom } from '../queue/waiting.ts';
import { newUnderWay } from './under-way.ts';

describe('The tasks of steps', () => {
  const task = { id: 'run/a', tool: 't' };
  let home: Home;
  /** As a kernel that was just started sees them. */
  const afterRestart = () => newUnderWay(home, openWaitingRoom(home.waiting));
  beforeEach(() => {
    home = homeAt(mkdtempSync(join(tmpdir(), 'arbiter-under-way-')));
    makeFolders(home);
  });
  afterEach(() => rmSync(home.path, { recursive: true }));

  it('are dropped once, and again only when nothing holds them', () => {
    const underWay = afterRestart();
    underWay.drop(task);
    underWay.drop(task);
    assert.deepEqual(readdirSync(home.inbox), ['step-run-a-c1a7a856.jsonl']);

    rmSync(join(home.inbox, 'step-run-a-c1a7a856.jsonl'));
    afterRestart().drop(task);
    assert.equal(readdirSync(home.inbox).length, 1);
  });

  it('are not dropped a second time after a restart while they are claimed', () => {
    afterRestart().drop(task);
    const [name = ''] = readdirSync(home.inbox);
    renameSync(join(home.inbox, name), join(home.processing, `019a0000-0000-7000-8000-000000000000.${name}`));

    afterRestart().drop(task);

    assert.deepEqual(readdirSync(home.inbox), []);
  });
});
