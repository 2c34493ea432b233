// Sends the requests of a task, one after another, in their order. What a crash interrupts is sent again from the start,
// so that each arrives at least once, always with the same key: a host that knows keys does its part once.
import { setTimeout as rest } from 'node:timers/promises';
import { v5 as uuidv5 } from 'uuid';
import { type ArbiterError, fault } from '../../contracts/errors.ts';
import type { DeliveryRecord, RequestEffect } from '../../contracts/generated/ledger.v1.ts';
import { canonical } from '../../ledger/canonical.ts';
import { digestOf } from '../../ledger/digest.ts';
import { crashPoint } from '../crash-point.ts';
import { backoffMs } from '../safety/backoff.ts';
import type { EffectStore } from '../safety/effect-store.ts';
import { keptContent } from '../safety/recorded-contents.ts';
import type { Sender, SendRequest } from './send-request.ts';

/** The requests of one task. */
export interface Batch {
  readonly taskKey: string;
  /** The task's own, to be handed on. */
  readonly idempotencyKey: string | undefined;
  readonly sender: Sender;
  readonly requests: readonly RequestEffect[];
}

/**
 * Delivers a batch. Rejects with EFFECTS_NOT_KEPT before anything is sent, with REQUEST_UNDELIVERED or REQUEST_REFUSED where the first one that failed was the first of
 * all, and with EFFECT_HALF_APPLIED where others had been delivered before it.
 */
export type Outbox = (batch: Batch) => Promise<DeliveryRecord[]>;

const mostTries = 4;
const firstDelayMs = 250;
const longestDelayMs = 5_000;
/** Answers after which the same request may be answered otherwise. */
const passing = [408, 425, 429, 500, 502, 503, 504];
const namespace = '6d0f6c4e-2b8e-5d0a-9b1e-0f3c5f7a9d21';

export function newOutbox(send: SendRequest, store: EffectStore): Outbox {
  return async ({ requests, taskKey, idempotencyKey, sender }) => {
    const delivered: DeliveryRecord[] = [];
    const contents = keptContents(requests, store);
    for (const [index, effect] of requests.entries()) {
      const key = keyOf(effect, index + 1, taskKey, idempotencyKey);
      const record = await deliver(effect, contents[index] ?? null, key, sender);
      if (record.problem !== undefined) throw undelivered(requests, delivered.length, record);
      delivered.push(record);
      crashPoint('after-send');
    }
    return delivered;
  };

  async function deliver(
    effect: RequestEffect,
    content: Buffer | null,
    key: string,
    sender: Sender,
  ): Promise<DeliveryRecord> {
    for (let attempts = 1; ; attempts++) {
      let record: DeliveryRecord;
      let waitMs = backoffMs('exponential', firstDelayMs, attempts);
      try {
        crashPoint('before-send');
        const { status, retryAfterMs, credential } = await send(effect, content, key, sender);
        record = { key, attempts, status, ...(credential !== undefined && { credential }) };
        if (status >= 200 && status < 300) return record;
        waitMs = Math.max(waitMs, retryAfterMs ?? 0);
        record.problem = `it was answered ${status}`;
        if (!passing.includes(status)) return record;
      } catch (error) {
        record = { key, attempts, problem: reasonOf(error as Error) };
      }
      if (attempts === mostTries || waitMs > longestDelayMs) return record;
      await rest(waitMs);
    }
  }
}

/** What the requests carry, as it was recorded. Throws EFFECTS_NOT_KEPT. */
export function keptContents(requests: readonly RequestEffect[], store: EffectStore): (Buffer | null)[] {
  return requests.map((effect) => effect.body && keptContent(requestLine(effect), effect.body.digest, store));
}

/** What the host gets as Idempotency-Key: the same for the same request of the same task, whenever it is sent. */
export function keyOf(effect: RequestEffect, number: number, taskKey: string, own: string | undefined): string {
  if (own !== undefined && /^[\x21-\x7e]+$/.test(own)) return number === 1 ? own : `${own}/${number}`;
  return uuidv5(`${own ?? taskKey}\n${number}\n${digestOf(canonical(effect))}`, namespace);
}

/** For people: where a request goes. */
export function requestLine({ method, host, port, tls, path }: RequestEffect): string {
  const usual = port === (tls ? 443 : 80);
  return `${method} ${tls ? 'https' : 'http'}://${host}${usual ? '' : `:${port}`}${path}`;
}

function undelivered(
  requests: readonly RequestEffect[],
  done: number,
  { problem = '', attempts, status }: DeliveryRecord,
): ArbiterError {
  const failed = requestLine(requests[done] as RequestEffect);
  const detail = attempts > 1 ? `${problem}, ${attempts} times` : problem;
  if (done > 0)
    return fault('EFFECT_HALF_APPLIED', {
      conflicts: `${requests.slice(0, done).map(requestLine).join(', ')} (delivered before ${failed} failed: ${detail})`,
    });
  const refused = status !== undefined && !passing.includes(status);
  return fault(refused ? 'REQUEST_REFUSED' : 'REQUEST_UNDELIVERED', { request: failed, detail });
}

function reasonOf(error: Error & { code?: string; status?: number }): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'it was not answered in time';
  return error.name === 'Refusal'
    ? error.message.replace(/\.$/, '')
    : `it could not be sent (${error.code ?? error.message})`;
}
