import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { check } from '../../contracts/check.ts';
import { fault } from '../../contracts/errors.ts';
import type { Task } from '../../contracts/generated/task.v1.ts';
import { canonical } from '../../ledger/canonical.ts';
import { digestOf, digestOfValue } from '../../ledger/digest.ts';
import { type Journey, newJourney } from '../journey/journey.ts';
import { loadPlugin } from '../loader/load-plugin.ts';
import { packageRoot } from '../version.ts';
import { abortedBody, envelope, journeyEnvelope, kernelBody, lineBody, preparedBody, taskBody } from './entry.ts';

const circumstances = { isolation: 'namespaces', policies: digestOf('policies') } as const;
const plugin = loadPlugin(fileURLToPath(new URL('plugins/transformation/task-parser', packageRoot)), null, {});

interface Run {
  readonly id?: string;
  readonly claim?: string;
  readonly claimedAt?: string;
  readonly attempt?: number;
  readonly traceparent?: string;
  readonly startedAt?: number;
  readonly text?: string;
}

/** A journey that has done everything, as another run would have done it. */
function journeyOf(run: Run = {}): Journey {
  const content: Task = { tool: 'jsonl-parser', input: { text: run.text ?? '1' }, tags: ['nightly'] };
  const task: Task = run.id === undefined ? content : { id: run.id, ...content };
  const claim = run.claim ?? '0190a5f0-1234-7abc-8abc-0123456789ab';
  const source = { claim, file: 'many.jsonl', line: 1, claimedAt: run.claimedAt ?? '2026-01-01T00:00:00.000Z' };
  const line = { source, task, id: run.id ?? `${claim}:1`, digest: digestOfValue(content) };
  const selection = {
    table: 'plugin-selection',
    version: digestOf('table'),
    rules: [1],
    inputs: {},
    output: 'task-parser',
  };
  const journey = newJourney(line, run.traceparent ?? '00-1-1-01');
  const retry = { decision: selection, code: 'PLUGIN_DIED', message: '', delayMs: 100 };
  journey.retries.push(...Array.from({ length: (run.attempt ?? 1) - 1 }, () => retry));
  journey.path.push('plan', ...journey.retries.map(() => 'backoff'), 'done');
  journey.decisions.push(selection);
  const gate = (id: string) => ({ id, tier: 'L0', tool: null, verdict: 'no-tool', findings: [] }) as const;
  return Object.assign(journey, {
    ...{ plugin, attempt: run.attempt ?? 1, startedAt: run.startedAt ?? Date.now() },
    ...{ contracts: { 'task.v1': 'pass', input: 'pass', output: 'pass' } },
    ...{ output: { records: 1, values: [1], errors: [] } },
    gates: run.attempt === undefined ? [gate('L0/b'), gate('L0/a')] : [gate('L0/a'), gate('L0/b')],
  });
}

const bodyOf = (journey: Journey) => canonical(taskBody(journey, 'done', circumstances));

describe('the body of an entry', () => {
  it('is the same, byte for byte, in runs that differ only in id, time, claim, attempt and trace', () => {
    const first = journeyOf({ id: 'first' });
    const again = journeyOf({
      ...{ id: 'second', claim: '0199ffff-1234-7abc-8abc-0123456789ab', claimedAt: '2027-12-31T23:59:59.999Z' },
      ...{ attempt: 3, traceparent: '00-2-2-01', startedAt: 0 },
    });

    assert.equal(bodyOf(first), bodyOf(again));
    assert.equal(bodyOf(first), bodyOf(journeyOf()), 'nor does it matter who made the id');
  });

  it('differs where input, output, outcome, isolation, policies or plugin differ', () => {
    const same = bodyOf(journeyOf());
    const digest = digestOf('another');
    const others = [
      bodyOf(journeyOf({ text: '2' })),
      bodyOf(Object.assign(journeyOf(), { output: { records: 0, values: [], errors: [] } })),
      bodyOf(Object.assign(journeyOf(), { plugin: { ...plugin, digest } })),
      bodyOf(Object.assign(journeyOf(), { plugin: { ...plugin, settingsDigest: digest } })),
      canonical(taskBody(journeyOf(), 'planned', circumstances)),
      canonical(taskBody(journeyOf(), 'done', { ...circumstances, isolation: 'process' })),
      canonical(taskBody(journeyOf(), 'done', { ...circumstances, policies: digest })),
    ];

    assert.equal(new Set([same, ...others]).size, others.length + 1);
  });

  it('fits its contract, whatever kind it is', () => {
    const body = taskBody(journeyOf(), 'done', circumstances);
    const error = fault('TOOL_UNKNOWN', { tool: 'x', hint: '' });
    const failed = taskBody(Object.assign(journeyOf(), { error }), 'failed', circumstances);
    const env = journeyEnvelope(journeyOf({ attempt: 2 }), { note: 'On a branch.' });
    const bodies = [
      ...[body, failed, preparedBody(body), abortedBody(error), kernelBody('started', { isolation: 'namespaces' })],
      lineBody(digestOf('{'), 'LINE_NOT_JSON', 'Line 1 is not JSON.'),
    ];
    for (const one of bodies) {
      const plain = JSON.parse(canonical({ body: one, envelope: env }));
      assert.deepEqual(check('ledger.v1', plain), { ok: true, value: plain }, one.kind);
    }
  });

  it('says what went wrong, and leaves the advice to the catalogue', () => {
    const error = fault('TOOL_FAILED', { tool: 'x', detail: 'no such file' });
    const { error: recorded } = taskBody(Object.assign(journeyOf(), { error }), 'failed', circumstances);

    assert.deepEqual(recorded, { code: 'TOOL_FAILED', message: 'x failed: no such file.' });
  });

  it('holds an output up to 64 KB, and of a larger one the digest', () => {
    const outputOf = (output: unknown) =>
      taskBody(Object.assign(journeyOf(), { output }), 'done', circumstances).result;
    const fits = 'x'.repeat(64 * 1024 - 2);

    assert.deepEqual(outputOf(fits), { digest: digestOf(`"${fits}"`), output: fits });
    assert.deepEqual(outputOf(`${fits}x`), { digest: digestOf(`"${fits}x"`) });
  });

  it('of a line that is no task says only what is known of it', () => {
    assert.deepEqual(lineBody(digestOf('{'), 'LINE_NOT_JSON', 'Line 1 is not JSON.'), {
      ...{ schema: 'ledger.v1', kind: 'task', task: null, taskDigest: digestOf('{'), decisions: [] },
      ...{ outcome: 'rejected', error: { code: 'LINE_NOT_JSON', message: 'Line 1 is not JSON.' } },
    });
  });
});

describe('the envelope of an entry', () => {
  it('holds what differs from run to run', () => {
    const journey = journeyOf({ attempt: 2, traceparent: '00-2-2-01' });
    journey.denied.push({ method: 'state.get' });

    const { time, durationMs, ...rest } = journeyEnvelope(journey, { note: 'On a branch.' });

    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
    assert.ok((durationMs ?? -1) >= 0);
    const { host, pid, kernel } = envelope();
    assert.deepEqual(rest, {
      ...{ host, pid, kernel, source: { claim: journey.line.source.claim, file: 'many.jsonl', line: 1 } },
      ...{ claimedAt: '2026-01-01T00:00:00.000Z', attempt: 2, traceparent: '00-2-2-01' },
      ...{ path: ['plan', 'backoff', 'done'], retries: journey.retries, denied: [{ method: 'state.get' }] },
      note: 'On a branch.',
    });
  });
});
