// Which headers travel on. Those that speak of one connection end here, and what frames the content is written anew,
// so that both sides of the proxy see the same content.
import type { IncomingMessage } from 'node:http';
import type { AddedHeader } from './credentials.ts';
import { notAProxyRequest } from './refusal.ts';
import type { Target } from './target.ts';

const hopByHop = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'];
const methodsWithContent = ['POST', 'PUT', 'PATCH'];

/** Refuses what changes the meaning of what follows it. */
export function checkFraming({ method, headers }: IncomingMessage): void {
  const coding = headers['transfer-encoding'];
  if (headers.upgrade !== undefined)
    throw notAProxyRequest('Upgrade is not forwarded. Use CONNECT for a protocol other than HTTP.');
  if (method === 'TRACE') throw notAProxyRequest('TRACE is not forwarded, for it answers with what the kernel added.');
  if (coding !== undefined && headers['content-length'] !== undefined)
    throw notAProxyRequest('Transfer-Encoding and Content-Length exclude each other. Send one of them.');
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw notAProxyRequest(`Transfer-Encoding ${JSON.stringify(coding)} is not known here. Send chunked.`);
}

/** Headers of a request as the host gets them, names and values in turn. */
export function headersToHost(
  request: IncomingMessage,
  { host, port }: Target,
  tls: boolean,
  added: readonly AddedHeader[],
): string[] {
  const replaced = ['host', 'content-length', ...added.map(({ header }) => header)];
  const name = host.includes(':') ? `[${host}]` : host;
  return [
    ...['Host', port === (tls ? 443 : 80) ? name : `${name}:${port}`],
    ...endToEnd(request).filter(([header]) => !replaced.includes(header.toLowerCase())),
    ...added.map(({ header, value }) => [header, value]),
    ...framing(request),
  ].flat();
}

/** Headers of an answer as the plugin gets them, names and values in turn. */
export function headersToPlugin(answer: IncomingMessage): string[] {
  return endToEnd(answer).flat();
}

/** From what the parser understood, not from what the headers happen to keep. */
function framing({ method = '', headers }: IncomingMessage): [string, string][] {
  if (headers['transfer-encoding'] !== undefined) return [['Transfer-Encoding', 'chunked']];
  if (headers['content-length'] !== undefined) return [['Content-Length', headers['content-length']]];
  return methodsWithContent.includes(method) ? [['Content-Length', '0']] : [];
}

function endToEnd({ rawHeaders, headers }: IncomingMessage): [string, string][] {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const pairs: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const lower = name.toLowerCase();
    if (hopByHop.includes(lower) || lower.startsWith('proxy-')) continue;
    // The length of an answer is its length, whatever Connection says of it.
    if (named.includes(lower) && lower !== 'content-length') continue;
    pairs.push([name, rawHeaders[index + 1] as string]);
  }
  return pairs;
}
