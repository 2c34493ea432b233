import assert from 'node:assert/strict';
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import type { Ending } from '../safety/circuit-breaker.ts';
import { newJourney } from './journey.ts';
import { withinCircuit } from './within-circuit.ts';

/** What the circuit is told of an attempt that ends with `error`. */
async function told(error: Error | null, task: Partial<Task> = {}): Promise<Ending[]> {
  const source = { claim: 'claim', file: 'a.jsonl', line: 1, claimedAt: '2026-01-01T00:00:00.000Z' };
  const journey = newJourney({ source, task: { tool: 'x', ...task }, id: 'claim:1', digest: 'sha256:00' }, '');
  const endings: Ending[] = [];
  journey.admitted = { end: (how) => endings.push(how) };
  const attempt = withinCircuit(async () => {
    if (error) throw error;
  })(journey);
  if (error) await assert.rejects(attempt, error);
  else await attempt;
  assert.equal(journey.admitted, undefined, 'it is told once');
  return endings;
}

const timeout: ArbiterError = fault('PLUGIN_TIMEOUT', { plugin: 'x', tool: 'x', limitMs: 1 });

describe('an attempt within its circuit', () => {
  it('was answered when it went well, and when the tool said that it failed', async () => {
    assert.deepEqual(await told(null), ['answered']);
    assert.deepEqual(await told(fault('TOOL_FAILED', { tool: 'x', detail: '' })), ['answered']);
    assert.deepEqual(await told(fault('TOOL_FAILED_RETRYABLE', { tool: 'x', detail: '' })), ['answered']);
  });

  it('is held against the plugin when that is at fault', async () => {
    const died = fault('PLUGIN_DIED', { plugin: 'x', tool: 'x', detail: '', stderr: '' });
    assert.deepEqual(await told(died), [{ fault: 'PLUGIN_DIED' }]);
    assert.deepEqual(await told(timeout), [{ fault: 'PLUGIN_TIMEOUT' }]);
    const broken = fault('PLUGIN_PROTOCOL', { plugin: 'x', detail: '', received: '' });
    assert.deepEqual(await told(broken), [{ fault: 'PLUGIN_PROTOCOL' }]);
  });

  it('tells nothing when it was cut short, by the time that the task gave it too', async () => {
    assert.deepEqual(await told(fault('CANCELLED', { detail: '' })), ['cannot tell']);
    assert.deepEqual(await told(timeout, { timeoutMs: 1 }), ['cannot tell']);
    assert.deepEqual(await told(timeout, { budget: { timeMs: 1 } }), ['cannot tell']);
    assert.deepEqual(await told(new TypeError('a bug')), ['cannot tell']);
  });
});
