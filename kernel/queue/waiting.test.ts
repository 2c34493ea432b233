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

    const { line } = parkedAs('one', 1);
    room.leave(line);
    assert.equal(room.get('one'), undefined);
    assert.equal(room.from(claim, 1), undefined);
    assert.equal(openWaitingRoom(folder).size, 2, 'what is written down stays until the result is');

    room.forget(line);
    room.forget(line);
    room.forget(parkedAs('never there').line);

    assert.deepEqual(readdirSync(folder), ['two.json']);
    assert.equal(openWaitingRoom(folder).size, 1);
  });

  it('keeps lines that wait for the first one with their id, each by itself', () => {
    const room = openWaitingRoom(folder);
    for (const line of [1, 2, 3]) room.park(parkedAs('one', line));
    assert.deepEqual(readdirSync(folder).sort(), ['one.json', `one~${claim}-2.json`, `one~${claim}-3.json`]);

    const again = openWaitingRoom(folder);
    assert.equal(again.size, 3);
    assert.equal(again.get('one')?.line.source.line, 1);
    again.leave(parkedAs('one', 2).line);
    again.forget(parkedAs('one', 2).line);

    assert.equal(again.get('one')?.line.source.line, 1);
    assert.deepEqual(readdirSync(folder).sort(), ['one.json', `one~${claim}-3.json`]);
  });

  it('does not overwrite what has left and still lacks its result', () => {
    const room = openWaitingRoom(folder);
    room.park(parkedAs('one', 1));
    room.leave(parkedAs('one', 1).line);
    room.park(parkedAs('one', 2));
    room.forget(parkedAs('one', 1).line);

    assert.deepEqual(openWaitingRoom(folder).get('one'), parkedAs('one', 2));
  });

  it('says for people what a task waits for', () => {
    assert.equal(waitsForText({ kind: 'time', at: '2026-01-01T00:00:00Z' }), 'until 2026-01-01T00:00:00Z');
    assert.equal(waitsForText({ kind: 'tasks', ids: ['a', 'b'] }), 'for a, b');
    assert.equal(waitsForText({ kind: 'approval' }), 'for an approval');
  });
});
