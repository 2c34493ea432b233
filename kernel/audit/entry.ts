// Turns a journey into an entry: what is the same in every run goes into the body, the rest into the envelope.
import os from 'node:os';
import type {
  AbortedBody,
  Envelope,
  FallbackRecord,
  KernelBody,
  Outcome,
  PreparedBody,
  TaskBody,
} from '../../contracts/generated/ledger.v1.ts';
import { canonical } from '../../ledger/canonical.ts';
import { digestOf } from '../../ledger/digest.ts';
import type { Fallback, Journey, Source } from '../journey/journey.ts';
import { submissionsRecord } from '../landing/outside.ts';
import { levelAt } from '../loader/check-certificate.ts';
import { kernelVersion } from '../version.ts';
import { fallbackNote } from './fallback-note.ts';

/** What holds for every entry of a running kernel. */
export interface Circumstances {
  readonly isolation: NonNullable<TaskBody['isolation']>;
  /** Digest over all policies in force. */
  readonly policies: string;
}

/** An output larger than this is kept by digest only. */
const largestOutput = 64 * 1024;
const host = os.hostname();

export function taskBody(journey: Journey, outcome: Outcome, circumstances: Circumstances): TaskBody {
  const { line, plugin, error } = journey;
  const { id: _, ...task } = line.task;
  const certified = plugin && levelAt(plugin.certification, line.source.claimedAt);
  return {
    schema: 'ledger.v1',
    kind: 'task',
    task: task as TaskBody['task'],
    taskDigest: line.digest,
    decisions: journey.decisions,
    ...(plugin && {
      plugin: {
        id: plugin.spec.id,
        version: plugin.spec.version,
        category: plugin.spec.category,
        digest: plugin.digest,
        settings: plugin.settingsDigest,
        ...(certified && 'record' in certified && { certificate: certified.record }),
      },
      grants: (plugin.spec.grants ?? {}) as Record<string, unknown>,
      policies: circumstances.policies,
      isolation: circumstances.isolation,
    }),
    ...(journey.verdicts.length > 0 && { verdicts: journey.verdicts }),
    contracts: journey.contracts,
    ...(journey.output !== undefined && { result: resultRecord(journey.output) }),
    ...(journey.effects && { effects: journey.effects }),
    ...(journey.fallbacks.length > 0 && { fallbacks: journey.fallbacks.map(fallbackRecord) }),
    ...(journey.requests.length > 0 && { requests: journey.requests.map(({ effect }) => effect) }),
    ...(journey.submissions.length > 0 && { submissions: submissionsRecord(journey.submissions) }),
    ...(journey.gates.length > 0 && { gates: [...journey.gates].sort((a, b) => (a.id < b.id ? -1 : 1)) }),
    outcome,
    ...(error && { error: { code: error.code, message: error.message } }),
  };
}

/** The body of a line that is no task. `bytes` is the line as it came, or its digest's stand-in when it was too long. */
export function lineBody(digest: string, code: string, message: string): TaskBody {
  return {
    schema: 'ledger.v1',
    kind: 'task',
    task: null,
    taskDigest: digest,
    decisions: [],
    outcome: 'rejected',
    error: { code, message },
  };
}

export function preparedBody(outcome: TaskBody): PreparedBody {
  return { schema: 'ledger.v1', kind: 'prepared', outcome };
}

export function abortedBody(error: { code: string; message: string }): AbortedBody {
  return { schema: 'ledger.v1', kind: 'aborted', error: { code: error.code, message: error.message } };
}

export function kernelBody(event: KernelBody['event'], facts: Record<string, unknown>): KernelBody {
  return { schema: 'ledger.v1', kind: 'kernel', event, facts };
}

/** What differs from run to run. */
export function envelope(extra: Partial<Envelope> = {}): Envelope {
  return { time: new Date().toISOString(), host, pid: process.pid, kernel: kernelVersion, ...extra };
}

export function journeyEnvelope(journey: Journey, extra: Partial<Envelope>): Envelope {
  const { line, retries, fallbacks, denied, network, circuit, spent, approvals } = journey;
  return envelope({
    source: sourceRecord(line.source),
    claimedAt: line.source.claimedAt,
    attempt: journey.attempt,
    durationMs: Date.now() - journey.startedAt,
    traceparent: journey.traceparent,
    path: [...journey.path],
    ...(approvals.length > 0 && { approvals: [...approvals] }),
    ...(retries.length > 0 && { retries: retries as unknown as Record<string, unknown>[] }),
    ...(network.length > 0 && { network: network as Envelope['network'] & object }),
    ...(circuit && { circuit }),
    ...(spent.tokens + spent.usd > 0 && { spent }),
    ...(denied.length > 0 && { denied: denied as unknown as Record<string, unknown>[] }),
    ...extra,
    ...(fallbacks.length > 0 && { note: [fallbackNote(journey), extra.note].filter(Boolean).join(' ') }),
  });
}

export function sourceRecord({ claim, file, line }: Source): NonNullable<Envelope['source']> {
  return { claim, file, line };
}

function fallbackRecord({ action, decision, tool, code }: Fallback): FallbackRecord {
  return { action, decision, tool, code };
}

function resultRecord(output: unknown): NonNullable<TaskBody['result']> {
  const text = canonical(output);
  return text.length <= largestOutput
    ? { digest: digestOf(text), output: output as never }
    : { digest: digestOf(text) };
}
