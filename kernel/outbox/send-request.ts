// One try to send a request: the host is admitted as a plugin's own request would be, and gets the operator's credentials.
import { lookup } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';
import type { RequestEffect } from '../../contracts/generated/ledger.v1.ts';
import type { HostGrant } from '../../contracts/generated/plugin.v1.ts';
import type { NetworkSettings } from '../../contracts/generated/settings.v1.ts';
import { admit, pinned } from '../host/egress/admit.ts';
import { credentialsOf } from '../host/egress/credentials.ts';
import { kernelVersion } from '../version.ts';

/** On whose behalf a request is sent, and what was granted then. */
export interface Sender {
  readonly plugin: string;
  readonly grants: readonly HostGrant[];
}

export interface Reply {
  readonly status: number;
  /** Milliseconds that the host asks to be left alone. */
  readonly retryAfterMs?: number;
  /** Name of the credential that was added. */
  readonly credential?: string;
}

export type SendRequest = (
  effect: RequestEffect,
  content: Buffer | null,
  key: string,
  sender: Sender,
) => Promise<Reply>;

/** How long one try may take, milliseconds. */
const tryMs = 10_000;

/** Sends once; the answer's content is not read. Rejects where there is no answer, or where the host may not be reached. */
export function newSendRequest(network: NetworkSettings | undefined): SendRequest {
  const rules = { privateHosts: network?.privateHosts ?? [], resolve: (host: string) => lookup(host, { all: true }) };
  return async (effect, content, key, { plugin, grants }) => {
    const { host, port, path, method } = effect;
    // What is closed while a plugin works is open now, and nothing else is.
    const open = grants
      .filter(({ access }) => access === 'effect')
      .map((grant) => ({ ...grant, access: 'read' as const }));
    const admitted = await admit({ host, port }, { ...rules, grants: open });
    const added = credentialsOf(plugin, network, process.env)(admitted);
    const options = {
      ...{ host, port, method, path, agent: false, lookup: pinned(admitted.addresses), autoSelectFamily: true },
      headers: {
        ...effect.headers,
        ...Object.fromEntries(added.map(({ header, value }) => [header, value])),
        ...{ 'idempotency-key': key, 'user-agent': `arbiter/${kernelVersion}`, 'content-length': content?.length ?? 0 },
      },
      signal: AbortSignal.timeout(tryMs),
    };
    return new Promise((resolve, reject) => {
      const request = admitted.tls
        ? requestTls({ ...options, servername: isIP(host) ? '' : host, rejectUnauthorized: true })
        : requestPlain(options);
      request.on('error', reject);
      request.on('response', (answer) => {
        // It was received: what the host goes on to say changes nothing.
        answer.on('error', () => undefined);
        answer.destroy();
        const wait = Number(answer.headers['retry-after']);
        resolve({
          status: answer.statusCode as number,
          ...(wait > 0 && { retryAfterMs: wait * 1000 }),
          ...(added.length > 0 && { credential: added.map(({ credential }) => credential).join(', ') }),
        });
      });
      request.end(content ?? undefined);
    });
  };
}
