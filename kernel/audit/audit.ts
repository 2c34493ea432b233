// Writes entries. An outcome is settled once its entry is durable, and not before.
import { v7 as uuidv7 } from 'uuid';
import { type ArbiterError, catalogue, type ErrorCode } from '../../contracts/errors.ts';
import type { Envelope, KernelBody, Outcome, TaskBody } from '../../contracts/generated/ledger.v1.ts';
import type { NewEntry } from '../../ledger/append.ts';
import { canonical } from '../../ledger/canonical.ts';
import type { Body, StoredEntry } from '../../ledger/reader.ts';
import type { LedgerWriter } from '../../ledger/writer.ts';
import { crashPoint } from '../crash-point.ts';
import type { Journey, Settled, Source } from '../journey/journey.ts';
import {
  abortedBody,
  type Circumstances,
  envelope,
  journeyEnvelope,
  kernelBody,
  lineBody,
  preparedBody,
  sourceRecord,
  taskBody,
} from './entry.ts';

/** What of an entry tells how its task ended. */
export type Past = Pick<StoredEntry<TaskBody>, 'seq' | 'body' | 'envelope'>;

/** An outcome that is not recorded yet. */
export interface Draft {
  readonly body: TaskBody;
  readonly envelope: Envelope;
}

export interface Audit {
  /** Records how a journey ended, and settles it. */
  outcome(journey: Journey, outcome: Outcome, extra?: Partial<Envelope>): Promise<void>;
  /** Records what is about to be applied; resolves once that is durable. */
  prepared(journey: Journey, extra?: Partial<Envelope>): Promise<void>;
  /** What `outcome` would record if the journey were done, to be concluded later. */
  draft(journey: Journey): Draft;
  /** Records that effects are about to be applied that were found earlier; resolves once that is durable. */
  prepare(taskKey: string, outcome: TaskBody, extra: Partial<Envelope>): Promise<void>;
  /** Records an outcome that was drafted earlier, or that belongs to no journey. */
  conclude(taskKey: string, body: TaskBody, extra: Partial<Envelope>): Promise<Past>;
  /** Records that prepared effects were not applied. */
  aborted(taskKey: string, error: ArbiterError): Promise<void>;
  /** Records what recovery found to be true of a prepared entry. */
  recovered(taskKey: string, body: TaskBody, before: Envelope): Promise<void>;
  /** Records a line that is no task. */
  line(source: Source, digest: string, error: ArbiterError): Promise<Settled>;
  kernel(event: KernelBody['event'], facts: Record<string, unknown>): Promise<void>;
}

/** `keep` puts what is too large for an entry where its digest leads to. */
export function newAudit(ledger: LedgerWriter, circumstances: Circumstances, keep: (content: Buffer) => void): Audit {
  const append = (taskKey: string, body: Body, env: Envelope): Promise<number> => {
    const entry: NewEntry = { id: uuidv7(), taskKey, kind: body.kind, body: canonical(body), env: canonical(env) };
    return ledger.append(entry);
  };

  function bodyOf(journey: Journey, outcome: Outcome): TaskBody {
    const body = taskBody(journey, outcome, circumstances);
    if (body.result && !('output' in body.result)) keep(Buffer.from(canonical(journey.output)));
    return body;
  }

  return {
    async outcome(journey, outcome, extra = {}) {
      const body = bodyOf(journey, outcome);
      // A reused id must not take the place of the task that the id belongs to.
      const taskKey = journey.error?.code === 'ID_REUSED' ? ownKey(journey.line.source) : journey.line.id;
      const env = journeyEnvelope(journey, extra);
      const entry = await append(taskKey, body, env);
      crashPoint('after-outcome');
      journey.settled = settledOf(body, entry, env.note, journey.error);
      if (journey.output !== undefined && outcome !== 'failed')
        journey.settled = { ...journey.settled, output: journey.output };
    },
    async prepared(journey, extra = {}) {
      const body = preparedBody(taskBody(journey, 'done', circumstances));
      await append(journey.line.id, body, journeyEnvelope(journey, extra));
    },
    draft: (journey) => ({ body: bodyOf(journey, 'done'), envelope: journeyEnvelope(journey, {}) }),
    async prepare(taskKey, outcome, extra) {
      await append(taskKey, preparedBody(outcome), { ...extra, ...envelope() });
    },
    async conclude(taskKey, body, extra) {
      const env = { ...extra, ...envelope() };
      return { seq: await append(taskKey, body, env), body, envelope: env };
    },
    async aborted(taskKey, error) {
      await append(taskKey, abortedBody(error), envelope());
    },
    async recovered(taskKey, body, before) {
      await append(taskKey, body, { ...before, ...envelope() });
    },
    async line(source, digest, error) {
      const body = lineBody(digest, error.code, error.message);
      const entry = await append(
        ownKey(source),
        body,
        envelope({ source: sourceRecord(source), claimedAt: source.claimedAt }),
      );
      return settledOf(body, entry, undefined, error);
    },
    async kernel(event, facts) {
      await append('kernel', kernelBody(event, facts), envelope());
    },
  };
}

/** The key of a line that has no id of its own. */
export function ownKey({ claim, line }: Pick<Source, 'claim' | 'line'>): string {
  return `${claim}:${line}`;
}

/** What an entry says of how its task ended. `error` brings the sentences that the entry leaves out. */
export function settledOf(body: TaskBody, entry: number, note?: string, error?: ArbiterError): Settled {
  return {
    outcome: body.outcome,
    entry,
    ...(body.result && 'output' in body.result && { output: body.result.output }),
    ...(body.effects && { effects: body.effects }),
    ...(body.error && { error: { ...body.error, ...advice(body.error.code, error) } }),
    ...(note !== undefined && { note }),
  };
}

/** What the catalogue says besides the message. The ledger leaves it out; where it needs facts, the message has them. */
function advice(code: string, error?: ArbiterError): { expected: string; remedy: string } {
  if (error) return { expected: error.expected, remedy: error.remedy };
  const { expected, remedy } = catalogue[code as ErrorCode] ?? { expected: '', remedy: '' };
  const whole = (sentence: string) => (sentence.includes('{') ? 'The message says which.' : sentence);
  return { expected: whole(expected), remedy: whole(remedy) };
}
