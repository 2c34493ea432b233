// Attempts, over restarts: what waits for its next one is written down, and goes on with that one at that time.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Envelope, TaskBody } from '../contracts/generated/ledger.v1.ts';
import { openReader } from '../ledger/reader.ts';
import { writeLooker } from './fixture-plugins.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { watching } from './watching.ts';

describe('another attempt', () => {
  let at: TemporaryHome;
  let folder: string;
  beforeEach(() => {
    at = temporaryHome();
    folder = at.folder('shop');
    writeLooker(at);
  });
  afterEach(() => at.remove());

  const task = (id: string, retry: object) => ({ id, tool: 'look', workspace: folder, retry: { jitter: 0, ...retry } });

  /** What waiting/ says of a task, once it says that it waits for `attempt`. */
  async function rests(id: string, attempt: number): Promise<{ at: string; attempt: number }> {
    const file = join(at.home.waiting, `${id}.json`);
    for (;;) {
      if (existsSync(file)) {
        const { waitsFor } = JSON.parse(readFileSync(file, 'utf8'));
        if (waitsFor.attempt === attempt) return waitsFor;
      }
      await new Promise(setImmediate);
    }
  }

  function outcome(id: string): { body: TaskBody; envelope: Envelope } {
    const reader = openReader(at.home.ledger);
    const entries = reader.entriesOf(id);
    reader.close();
    assert.equal(entries.length, 1, 'one outcome');
    return entries[0] as { body: TaskBody; envelope: Envelope };
  }

  it('comes after kill -9 when it was due, with its number, and not again from the first', async () => {
    at.drop('a.jsonl', [task('patient', { maxAttempts: 3, delayMs: 600, strategy: 'linear' })]);
    const { kernel, ended } = await watching(at);
    const due = await rests('patient', 3);
    kernel.kill('SIGKILL');
    await ended;

    assert.equal((await at.arbiter('start', '--once')).status, 1);

    const { body, envelope } = outcome('patient');
    assert.equal(body.outcome, 'failed');
    assert.equal(envelope.attempt, 3);
    assert.deepEqual(
      envelope.retries?.map(({ code, delayMs }) => ({ code, delayMs })),
      [
        { code: 'TOOL_FAILED_RETRYABLE', delayMs: 600 },
        { code: 'TOOL_FAILED_RETRYABLE', delayMs: 1200 },
        { code: 'TOOL_FAILED_RETRYABLE', delayMs: 0 },
      ],
    );
    assert.ok(Date.parse(envelope.time) >= Date.parse(due.at), `${envelope.time} is before ${due.at}`);
    assert.equal(envelope.path?.includes('backoff'), false, 'the second kernel waited for no other attempt');
    assert.deepEqual(readdirSync(at.home.waiting), []);
    assert.deepEqual(
      at.results('a.jsonl').map(({ status }) => status),
      ['waiting', 'failed'],
    );
  });

  it('tells each line of a file once, whatever had ended before the file is read again', async () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ tool: 'jsonl-parser', input: { text: `${index}` } }));
    at.drop('a.jsonl', [...many, task('last', { delayMs: 400, strategy: 'linear' })]);
    const { kernel, seen, ended } = await watching(at);
    await rests('last', 2);
    await seen('settled', 300);
    kernel.kill('SIGKILL');
    await ended;
    writeFileSync(join(folder, 'ready'), '');
    while (Date.now() < Date.parse((await rests('last', 2)).at)) await new Promise(setImmediate);

    assert.equal((await at.arbiter('start', '--once')).status, 0);

    const ends = at.results('a.jsonl').filter(({ status }) => status !== 'waiting');
    assert.equal(ends.length, 301);
    assert.equal(new Set(ends.map(({ line }) => line)).size, 301);
    assert.equal(outcome('last').envelope.attempt, 2);
  });

  it('lets the file be finished meanwhile, when it is far off, and can be cancelled where no kernel runs', async () => {
    at.drop('a.jsonl', [task('far', { delayMs: 3_600_000 })]);
    const { events, seen, ended } = await watching(at);
    await seen('finished');
    assert.match(`${events.find(({ event }) => event === 'waiting')?.waitsFor}`, /^for attempt 2, at 2/);
    const listed = (await at.arbiter('tasks')).stdout;
    assert.match(listed, /waiting +look +far +for attempt 2, at 2/);
    assert.doesNotMatch(listed, /running/);
    await at.arbiter('stop');
    await ended;

    assert.equal((await at.arbiter('cancel', 'far')).status, 0);

    assert.equal(outcome('far').body.outcome, 'cancelled');
    assert.equal(outcome('far').envelope.attempt, 2);
    assert.equal(outcome('far').envelope.retries?.length, 1);
    assert.deepEqual(
      at.results('a.jsonl').map(({ status }) => status),
      ['waiting', 'cancelled'],
    );
  });
});
