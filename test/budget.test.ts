// What a task may spend, over all its attempts.
import assert from 'node:assert/strict';
import type { Envelope } from '../contracts/generated/ledger.v1.ts';
import { openReader } from '../ledger/reader.ts';
import { writeLooker, writeSpender } from './fixture-plugins.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';

describe('the budget of a task', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  async function run(
    task: object,
  ): Promise<{ status: string; code: string | undefined; message: string | undefined; envelope: Envelope }> {
    at.drop('a.jsonl', [{ id: 'it', ...task }]);
    await at.arbiter('start', '--once');
    const reader = openReader(at.home.ledger);
    const { body, envelope } = reader.outcomeOf('it') as NonNullable<ReturnType<typeof reader.outcomeOf>>;
    reader.close();
    return { status: body.outcome, code: body.error?.code, message: body.error?.message, envelope };
  }
  const think = (budget: object, input: object = {}) => ({
    tool: 'think',
    input: { tokens: 400, usd: 0.25, ...input },
    budget,
    retry: { maxAttempts: 9, delayMs: 1 },
  });

  it('stops it before the attempt for which no tokens are left, and the entry says what was spent', async () => {
    writeSpender(at);
    const { status, code, message, envelope } = await run(think({ tokens: 1000 }));
    assert.deepEqual([status, code, envelope.attempt], ['failed', 'BUDGET_SPENT', 3]);
    assert.equal(
      message,
      'The budget of the task is spent: 1200 tokens of 1000 tokens. The last attempt failed: think failed for now: no answer yet.',
    );
    assert.deepEqual(envelope.spent, { tokens: 1200, usd: 0.75 });
  });

  it('stops it before the attempt for which no money is left', async () => {
    writeSpender(at);
    const { code, envelope } = await run(think({ usd: 0.5 }));
    assert.deepEqual([code, envelope.attempt], ['BUDGET_SPENT', 2]);
  });

  it('of nothing lets a plugin that may spend not even begin', async () => {
    writeSpender(at);
    const { code, envelope } = await run(think({ tokens: 0 }, { answer: 42 }));
    assert.deepEqual([code, envelope.attempt, envelope.spent], ['BUDGET_SPENT', 1, undefined]);
  });

  it('lets it end well with what it has left, and counts nothing from a plugin without the grant', async () => {
    writeSpender(at, []);
    const { status, envelope } = await run(think({ tokens: 1 }, { answer: 42 }));
    assert.equal(status, 'done');
    assert.equal(envelope.spent, undefined);
    assert.deepEqual(envelope.denied, [{ method: 'spend' }]);
  });

  it('takes no amounts that are none', async () => {
    writeSpender(at);
    const { status, envelope } = await run(think({ tokens: 1 }, { tokens: -5, answer: 42 }));
    assert.deepEqual([status, envelope.spent, envelope.denied], ['done', undefined, [{ method: 'spend' }]]);
  });

  it('of time counts the waits between attempts, and is not waited out', async () => {
    writeLooker(at);
    const folder = at.folder('shop');
    const { code, message, envelope } = await run({
      tool: 'look',
      workspace: folder,
      budget: { timeMs: 2_000 },
      retry: { maxAttempts: 9, delayMs: 300, strategy: 'exponential', jitter: 0 },
    });
    // The rests are 300, 600, 1200 ms: the third does not fit any more.
    assert.deepEqual([code, envelope.attempt], ['BUDGET_SPENT', 3]);
    assert.match(message ?? '', /^The budget of the task is spent: \d+ ms of 2000 ms\. The last attempt failed: /);
    assert.ok((envelope.durationMs ?? 0) < 2_000);
  });
});
