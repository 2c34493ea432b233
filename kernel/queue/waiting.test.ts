import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskLine } from '../journey/journey.ts';
import { openWaitingRoom, type Parked, waitsForText } from './waiting.ts';

const claim = '0190a5f0-0000-7000-8000-000000000000';

function parkedAs(id: string, line = 1): Parked {
  const source = { claim, file: 'many.jsonl', line, claimedAt: '2026-01-01T00:00:00.000Z' };
  const parkedLine: TaskLine = { source, task: { id, tool: 'git-status' }, id, digest: 'sha256:00' };
  return { line: parkedLine, waitsFor: { kind: 'tasks', ids: ['a', 'b'] } };
}

let folder: string;

describe('the waiting room', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waiting-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds a parked task by its id and by the line it came from', () => {
    const room = openWaitingRoom(folder);
    const parked = parkedAs('one', 4);

    room.park(parked);

    assert.equal(room.size, 1);
    assert.equal(room.get('one'), parked);
    assert.equal(room.from(claim, 4), parked);
    assert.equal(room.from(claim, 5), undefined);
    assert.deepEqual([...room.all()], [parked]);
  });

  it('knows after a restart what was parked, and leaves half-written files alone', () => {
    const before = openWaitingRoom(folder);
    before.park(parkedAs('one', 1));
    before.park(parkedAs('shop/two:2', 2));
    writeFileSync(join(folder, 'three.json.new'), '{"line":');

    const room = openWaitingRoom(folder);

    assert.equal(room.size, 2);
    assert.deepEqual(room.get('shop/two:2'), parkedAs('shop/two:2', 2));
    assert.deepEqual(room.from(claim, 1), parkedAs('one', 1));
  });

  it('keeps what a task waits for by now when it is parked again', () => {
    const room = openWaitingRoom(folder);
    room.park(parkedAs('one'));
    room.park({ ...parkedAs('one'), waitsFor: { kind: 'approval' } });

    assert.equal(openWaitingRoom(folder).size, 1);
    assert.deepEqual(openWaitingRoom(folder).get('one')?.waitsFor, { kind: 'approval' });
  });

  it('forgets what is removed, here and after a restart', () => {
    const room = openWaitingRoom(folder);
    room.park(parkedAs('one', 1));
    room.park(parkedAs('two', 2));

    room.remove('one');
    room.remove('one');
    room.remove('never there');

    assert.equal(room.get('one'), undefined);
    assert.equal(room.from(claim, 1), undefined);
    assert.deepEqual(readdirSync(folder), ['two.json']);
    assert.equal(openWaitingRoom(folder).size, 1);
  });

  it('says for people what a task waits for', () => {
    assert.equal(waitsForText({ kind: 'time', at: '2026-01-01T00:00:00Z' }), 'until 2026-01-01T00:00:00Z');
    assert.equal(waitsForText({ kind: 'tasks', ids: ['a', 'b'] }), 'for a, b');
    assert.equal(waitsForText({ kind: 'approval' }), 'for an approval');
  });
});
