// STOP in the home, and the heartbeat.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { watching } from './watching.ts';

describe('a file STOP in the home', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  it('stops the kernel within a second, keeps it from starting, and lets it go on when it is gone', async () => {
    at.drop('a.jsonl', [{ tool: 'jsonl-parser', input: { text: '1' } }]);
    const { events, seen, ended } = await watching(at);
    await seen('finished');
    writeFileSync(at.home.stop, '');
    const written = Date.now();
    await seen('stopping');
    assert.ok(Date.now() - written < 1000);
    assert.equal(await ended, 0);
    assert.equal(events.find(({ event }) => event === 'stopping')?.because, at.home.stop);

    at.drop('b.jsonl', [{ tool: 'jsonl-parser', input: { text: '1' } }]);
    const refused = await at.arbiter('start', '--once');
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /There is a file .*\/STOP: it keeps kernels from running here\./);
    assert.match(refused.stderr, /To go on, remove it: rm .*\/STOP/);
    const doctor = JSON.parse((await at.arbiter('doctor', '--json')).stdout);
    assert.match(
      doctor.findings.find(({ what }: { what: string }) => what === 'kernel').detail,
      /^kept from running by .*\/STOP; to go on: rm /,
    );

    rmSync(at.home.stop);
    assert.equal((await at.arbiter('start', '--once')).status, 0);
    assert.equal(at.results('b.jsonl').length, 1);
  });

  it('finds a heartbeat only while a kernel runs', async () => {
    const { kernel, ended } = await watching(at);
    const heartbeat = JSON.parse(readFileSync(at.home.heartbeat, 'utf8'));
    assert.equal(heartbeat.pid, kernel.pid);
    assert.ok(Date.now() - Date.parse(heartbeat.time) < 10_000);
    assert.deepEqual(heartbeat.counts, { running: 0, ready: 0, waiting: 0 });
    await at.arbiter('stop');
    await ended;
    assert.equal(existsSync(at.home.heartbeat), false);
  });
});
