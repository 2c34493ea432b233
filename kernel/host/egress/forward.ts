// A plain request on its way to the host and its answer on the way back, streamed. The proxy starts TLS where the
// host speaks it, adds credentials, and follows no redirect.
import { type IncomingMessage, request as requestPlain, type ServerResponse } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP } from 'node:net';
import { type Admitted, pinned } from './admit.ts';
import type { Credentials } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { headersToHost, headersToPlugin } from './headers.ts';
import { Refusal } from './refusal.ts';
import type { Target } from './target.ts';

interface Forwarding {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly admitted: Admitted;
  readonly credentials: Credentials;
  readonly exchange: Exchange;
  /** Certificate authorities in PEM instead of the well-known ones. */
  readonly ca: string | undefined;
}

/** Ends when the answer has begun; throws a `Refusal` where there is none. Counts content in the exchange's entry. */
export async function forward(forwarding: Forwarding): Promise<void> {
  const { request, response, exchange } = forwarding;
  const { entry } = exchange;
  const upstream = send(forwarding);
  response.once('close', () => upstream.destroy());
  request.on('data', (chunk: Buffer) => (entry.sent += chunk.length));
  request.pipe(upstream);

  const answer = await answerTo(upstream, forwarding.admitted);
  entry.status = answer.statusCode as number;
  answer.on('data', (chunk: Buffer) => (entry.received += chunk.length));
  // An answer that breaks off has to look broken off to the plugin, too.
  answer.on('error', () => response.destroy());
  response.writeHead(entry.status, headersToPlugin(answer));
  answer.pipe(response);
}

function send({ request, target, admitted, credentials, exchange, ca }: Forwarding): ReturnType<typeof requestPlain> {
  const { host, port, tls, addresses } = admitted;
  const added = credentials(admitted);
  if (added.length > 0) exchange.entry.credential = added.map(({ credential }) => credential).join(', ');
  const options = {
    ...{ host, port, lookup: pinned(addresses), autoSelectFamily: true, agent: false, setHost: false },
    ...{ method: request.method as string, path: target.path },
    headers: headersToHost(request, target, tls, added),
    insecureHTTPParser: false,
  };
  if (!tls) return requestPlain(options);
  return requestTls({ ...options, servername: isIP(host) ? '' : host, rejectUnauthorized: true, ...(ca && { ca }) });
}

/** Its errors stay listened to: after the answer has begun, the answer itself tells. */
function answerTo(upstream: ReturnType<typeof requestPlain>, { host, port }: Admitted): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.on('response', resolve);
    upstream.on('error', (error) => reject(unreachable(host, port, error)));
  });
}

/** HTTP 502 with the code of what went wrong on the way to the host. */
export function unreachable(host: string, port: number, error: Error & { code?: string }): Refusal {
  const detail = error.code ?? error.name;
  return new Refusal('unreachable', 502, `${host}:${port} cannot be reached: ${detail}. Try again later.`);
}
