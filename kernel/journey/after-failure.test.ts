import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { fault } from '../../contracts/errors.ts';
import type { CategoryBudget } from '../../contracts/generated/performance.v1.ts';
import type { PluginRetry } from '../../contracts/generated/plugin.v1.ts';
import type { RetryWish, Task } from '../../contracts/generated/task.v1.ts';
import { type DecisionTables, loadDecisions } from '../../process/decide.ts';
import type { LoadedPlugin } from '../loader/plugin.ts';
import { packageRoot } from '../version.ts';
import { newAfterFailure, type Verdict } from './after-failure.ts';
import { newDecide } from './decide.ts';
import { type Journey, newJourney } from './journey.ts';

let tables: DecisionTables;

interface Situation {
  readonly task?: RetryWish;
  readonly plugin?: PluginRetry;
  readonly policy?: Partial<CategoryBudget>;
  readonly attempt?: number;
  readonly more?: Partial<Task>;
  readonly error?: Journey['error'];
  readonly circuit?: Journey['circuit'];
}

function journeyOf({ task, plugin, attempt = 1, more, error, circuit }: Situation): Journey {
  const source = { claim: 'claim', file: 'a.jsonl', line: 1, claimedAt: '2026-01-01T00:00:00.000Z' };
  const wish: Task = { tool: 'x', ...(task && { retry: task }), ...more };
  const journey = newJourney({ source, task: wish, id: 'claim:1', digest: 'sha256:00' }, '');
  const spec = { category: 'transformation', errorHandling: plugin ? { retry: plugin } : {} };
  journey.plugin = { spec } as unknown as LoadedPlugin;
  journey.attempt = attempt;
  journey.error = error ?? fault('TOOL_FAILED_RETRYABLE', { tool: 'x', detail: 'busy' });
  journey.circuit = circuit;
  return journey;
}

async function verdict(situation: Situation): Promise<Verdict> {
  const after = newAfterFailure(newDecide(tables), () => (situation.policy ?? {}) as CategoryBudget);
  return after(journeyOf(situation));
}

describe('after a failure', () => {
  before(async () => {
    tables = await loadDecisions([fileURLToPath(new URL('process/decisions.dmn', packageRoot))]);
  });

  it('the delay is the task’s, else the table’s, else the plugin’s, else the kernel’s', async () => {
    const plugin: PluginRetry = { strategy: 'linear', delayMs: 70, jitter: 0 };
    const task: RetryWish = { strategy: 'fibonacci', delayMs: 10, jitter: 0 };
    assert.deepEqual(await verdict({ task, plugin, attempt: 2 }), { action: 'retry', delayMs: 10 });
    assert.deepEqual(await verdict({ plugin, attempt: 2 }), { action: 'retry', delayMs: 140 });
    const moved = fault('WORKSPACE_MOVED', { conflicts: 'a.txt' });
    assert.deepEqual(await verdict({ plugin, attempt: 2, error: moved }), { action: 'retry', delayMs: 100 });
    const { delayMs } = await verdict({ attempt: 2 });
    assert.ok(delayMs >= 400 && delayMs <= 480, `${delayMs}`);
  });

  it('the attempts are the task’s, else the plugin’s, else three, and never more than the policy allows', async () => {
    const action = async (situation: Situation) => (await verdict(situation)).action;
    assert.equal(await action({ attempt: 2 }), 'retry');
    assert.equal(await action({ attempt: 3 }), 'fail');
    assert.equal(await action({ attempt: 3, plugin: { maxAttempts: 4 } }), 'retry');
    assert.equal(await action({ attempt: 3, plugin: { maxAttempts: 4 }, task: { maxAttempts: 2 } }), 'fail');
    assert.equal(await action({ attempt: 3, task: { maxAttempts: 9 } }), 'retry');
    assert.equal(await action({ attempt: 3, task: { maxAttempts: 9 }, policy: { attempts: 3 } }), 'fail');
  });

  it('a task of its own retry waits for an open circuit, others fail', async () => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const error = fault('PLUGIN_CIRCUIT_OPEN', { plugin: 'x', failures: 3, because: 'PLUGIN_DIED', until });
    const circuit = { state: 'open' as const, failures: 3, because: 'PLUGIN_DIED', until };
    assert.equal((await verdict({ error, circuit })).action, 'fail');
    const waits = await verdict({ error, circuit, task: { delayMs: 1 } });
    assert.equal(waits.action, 'retry');
    assert.ok(waits.delayMs > 59_000 && waits.delayMs <= 60_000);
  });

  it('a rest that the budget does not reach for is not begun, and the error says so', async () => {
    const journey = journeyOf({ task: { delayMs: 5_000, jitter: 0 }, more: { budget: { timeMs: 4_000 } } });
    const after = newAfterFailure(newDecide(tables), () => ({}) as CategoryBudget);

    assert.deepEqual(await after(journey), { action: 'fail', delayMs: 0 });

    assert.equal(journey.error?.code, 'BUDGET_SPENT');
    assert.match(journey.error?.message ?? '', /of 4000 ms\. The last attempt failed: x failed for now: busy\.$/);
    assert.deepEqual(
      journey.retries.map(({ code }) => code),
      ['TOOL_FAILED_RETRYABLE', 'BUDGET_SPENT'],
    );
  });
});
