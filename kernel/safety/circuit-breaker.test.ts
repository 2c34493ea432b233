import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { type Breakers, type Ending, newBreakers } from './circuit-breaker.ts';

const options = { failures: 3, openMs: 1000 };
const died: Ending = { fault: 'PLUGIN_DIED' };
const start = Date.parse('2026-01-01T00:00:00.000Z');

let folder: string;
let file: string;
let breakers: Breakers;

const restart = () => (breakers = newBreakers(file, () => options));
const admit = (digest = 'sha256:a') => breakers.admit('resize', digest);
/** One attempt from beginning to end. */
async function run(how: Ending, digest?: string): Promise<void> {
  const { attempt } = admit(digest);
  assert.ok(attempt, 'it was let through');
  attempt.end(how);
  await settled();
}
async function runs(...endings: Ending[]): Promise<void> {
  for (const how of endings) await run(how);
}
const isRefused = () => admit().attempt === undefined;
const settled = () => new Promise(setImmediate);

describe('the circuit of a plugin', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'circuit-'));
    file = join(folder, 'circuits.json');
    mock.timers.enable({ apis: ['Date'], now: start });
    restart();
  });
  afterEach(() => {
    mock.timers.reset();
    rmSync(folder, { recursive: true });
  });

  it('opens after so many faults in a row, and says when a task is let through', async () => {
    await runs(died, died, { fault: 'PLUGIN_TIMEOUT' });

    assert.deepEqual(admit(), {
      circuit: { state: 'open', failures: 3, because: 'PLUGIN_TIMEOUT', until: '2026-01-01T00:00:01.000Z' },
      attempt: undefined,
    });
  });

  it('counts from nothing after an answer, and does not count what tells nothing', async () => {
    await runs(died, died, 'answered', died, 'cannot tell', died);
    assert.equal(admit().circuit, undefined);

    await run(died);
    assert.ok(isRefused());
  });

  it('lets one task through to try when it has been open for long enough, and closes when that is answered', async () => {
    await runs(died, died, died);
    mock.timers.tick(999);
    assert.ok(isRefused());
    mock.timers.tick(1);

    const probe = admit();
    assert.deepEqual(probe.circuit, { state: 'half-open', failures: 3, because: 'PLUGIN_DIED' });
    assert.equal(admit().circuit?.state, 'open', 'the others wait for what becomes of it');
    assert.ok(isRefused());
    probe.attempt?.end('answered');
    await settled();

    assert.equal(admit().circuit, undefined);
    await runs(died, died);
    assert.equal(admit().circuit, undefined, 'it counts from nothing');
  });

  it('opens anew when the one that tries fails', async () => {
    await runs(died, died, died);
    mock.timers.tick(1000);
    await run(died);

    assert.equal(admit().circuit?.until, '2026-01-01T00:00:02.000Z');
    mock.timers.tick(1000);
    assert.equal(admit().circuit?.state, 'half-open');
  });

  it('lets another one try when the first was cancelled', async () => {
    await runs(died, died, died);
    mock.timers.tick(1000);
    await run('cannot tell');
    restart();

    assert.deepEqual(admit().circuit, { state: 'half-open', failures: 3, because: 'PLUGIN_DIED' });
  });

  it('stays open whatever becomes of those that were under way when it opened', async () => {
    const before = admit();
    await runs(died, died, died);
    before.attempt?.end('answered');
    await settled();

    assert.ok(isRefused());
  });

  it('is after a restart what it was', async () => {
    await runs(died, died);
    restart();
    assert.equal(admit().circuit, undefined);
    await run(died);
    mock.timers.tick(400);
    restart();
    assert.equal(admit().circuit?.until, '2026-01-01T00:00:01.000Z');
    mock.timers.tick(600);
    assert.equal(admit().circuit?.state, 'half-open');
    restart();
    assert.equal(admit().circuit?.state, 'half-open', 'the one that tried went with the kernel');
    restart();
    await run('answered');
    restart();
    assert.equal(admit().circuit, undefined);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {});
  });

  it('is closed for another version of the plugin', async () => {
    await runs(died, died, died);
    assert.equal(admit('sha256:b').circuit, undefined);
  });

  it('is of one plugin only', async () => {
    await runs(died, died, died);
    assert.equal(breakers.admit('other', 'sha256:a').circuit, undefined);
  });

  it('does not stay open for longer because a clock went back', async () => {
    await runs(died, died, died);
    mock.timers.setTime(start - 3_600_000);
    restart();
    mock.timers.tick(1000);
    assert.equal(admit().circuit?.state, 'half-open');
  });

  it('begins closed where what was kept makes no sense', () => {
    for (const text of [
      '',
      '{"resize":',
      '[]',
      'null',
      '{"resize":{"digest":"sha256:a","openedAt":"now"}}',
      '{"resize":null}',
    ]) {
      writeFileSync(file, text);
      restart();
      assert.equal(admit().circuit, undefined, text);
    }
  });

  it('writes nothing as long as all goes well', async () => {
    await run('answered');
    const before = existsSync(file) && readFileSync(file, 'utf8');
    await run('answered');
    assert.equal(existsSync(file) && readFileSync(file, 'utf8'), before);
  });
});
