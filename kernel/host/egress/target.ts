// Where a request wants to go, read strictly: one host name or address, one port, nothing besides. What could be read
// in two ways is refused, because the host that was checked has to be the host that is reached.
import { notAProxyRequest } from './refusal.ts';

/** A host in its normal form, and its port. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface Target extends Place {
  /** Path and query; empty for CONNECT. */
  readonly path: string;
}

interface RequestHead {
  readonly httpVersion: string;
  readonly method: string;
  readonly url: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

const authority = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?$/i;
const absolute = /^http:\/\/([^/?#]*)([/?][\x21\x22\x24-\x7e]*)?$/i;
const originForm = /^\/[\x21\x22\x24-\x7e]*$/;

/** Lower case, without one trailing dot and without the brackets of an IPv6 address. */
export function normalHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** The target of a request to the proxy, or of one inside a tunnel to `tunnel`; throws a `Refusal`. */
export function targetOf(head: RequestHead, tunnel: Place | undefined): Target {
  if (!['1.0', '1.1'].includes(head.httpVersion)) throw notAProxyRequest(`HTTP ${head.httpVersion} is not HTTP/1.1.`);
  const target = tunnel
    ? insideTunnel(head.url, tunnel)
    : head.method === 'CONNECT'
      ? connect(head.url)
      : plain(head.url);
  checkHost(head, target);
  return target;
}

function connect(url: string): Target {
  const place = read(url, null);
  if (!place) throw notAProxyRequest(`CONNECT ${JSON.stringify(url)} is not host:port.`);
  return { ...place, path: '' };
}

function plain(url: string): Target {
  const [, where = '', rest = '/'] = absolute.exec(url) ?? [];
  const place = read(where, 80);
  if (place) return { ...place, path: rest.startsWith('?') ? `/${rest}` : rest };
  throw notAProxyRequest(
    `${JSON.stringify(url)} is not the URL of a request to a proxy: http://host:port/path, without user, password or fragment. Ask for a host that speaks TLS as http://host:443/, for the proxy starts TLS, or use CONNECT.`,
  );
}

function insideTunnel(url: string, tunnel: Place): Target {
  if (originForm.test(url)) return { ...tunnel, path: url };
  throw notAProxyRequest(`${JSON.stringify(url)} is not a path; inside a tunnel to ${tunnel.host} it has to be one.`);
}

function checkHost({ method, rawHeaders }: RequestHead, target: Target): void {
  const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host');
  // Older clients name none for CONNECT, and some leave its port out.
  if (method === 'CONNECT' && hosts.length === 0) return;
  const place = hosts.length === 1 ? read(hosts[0] as string, method === 'CONNECT' ? target.port : 80) : null;
  if (place?.host === target.host && place.port === target.port) return;
  throw notAProxyRequest(
    `The header Host has to say ${target.host}:${target.port} once, as the target does; it says ${JSON.stringify(hosts.join(', '))}.`,
  );
}

/** `host:port`, or `host` where a port may be left out. */
function read(text: string, defaultPort: number | null): Place | null {
  const [, host, digits] = authority.exec(text) ?? [];
  const port = Number(digits ?? defaultPort);
  return host && port >= 1 && port <= 65_535 ? { host: normalHost(host), port } : null;
}
