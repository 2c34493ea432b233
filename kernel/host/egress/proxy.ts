// The kernel's side of a plugin's network: an HTTP proxy on a UNIX socket that reaches granted hosts and nothing else.
// It counts requests for one task at a time. Nothing a plugin sends makes it throw: every request gets an answer and
// one record, and without a task all are refused.
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HostGrant } from '../../../contracts/generated/plugin.v1.ts';
import type { NetworkSettings } from '../../../contracts/generated/settings.v1.ts';
import { type Admitted, admit, type Resolve } from './admit.ts';
import { credentialsOf } from './credentials.ts';
import { type Exchange, newExchange, type Recorder } from './exchange.ts';
import { forward } from './forward.ts';
import { checkFraming } from './headers.ts';
import { notAProxyRequest, Refusal } from './refusal.ts';
import { type Place, type Target, targetOf } from './target.ts';
import { openTunnel } from './tunnel.ts';

export interface EgressOptions {
  /** Path of the UNIX socket to make, open to every user who can reach its folder. */
  readonly socket: string;
  /** Id of the plugin, by which credentials are chosen. */
  readonly plugin: string;
  readonly grants: readonly HostGrant[];
  readonly network: NetworkSettings | undefined;
  /** Gets the requests that were refused because no task was under way. */
  readonly recordStray: Recorder;
  /** By default the system's resolver. */
  readonly resolve?: Resolve;
  /** Holds the secrets; by default the kernel's environment. Read once. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Certificate authorities in PEM instead of the well-known ones. */
  readonly ca?: string;
  /** How long a connection may rest, milliseconds. */
  readonly idleMs?: number;
}

export interface Egress {
  /** From now on requests belong to a task and go to its `record`, once each, when they end. */
  begin(record: Recorder): void;
  /** The task is over: what is under way is cut and recorded before this returns; from now on all is refused. */
  end(): void;
  /** Cuts everything and removes the socket. */
  close(): Promise<void>;
}

const headerBytes = 16 * 1024;
const mostConnections = 64;

/** Resolves once the socket accepts connections; rejects with the system's error where it cannot be made. */
export async function openEgress(options: EgressOptions): Promise<Egress> {
  const { idleMs = 30_000, network } = options;
  const resolve = options.resolve ?? ((host) => lookup(host, { all: true }));
  const rules = { grants: options.grants, privateHosts: network?.privateHosts ?? [], resolve };
  const credentials = credentialsOf(options.plugin, network, options.env ?? process.env);
  const connections = new Set<Duplex>();
  const busy = new Map<Duplex, Exchange>();
  const tunnels = new WeakMap<Duplex, Place>();
  const live = new Set<Exchange>();
  let record: Recorder | null = null;

  const server = createServer({
    ...{ maxHeaderSize: headerBytes, insecureHTTPParser: false, requireHostHeader: false },
    ...{ headersTimeout: idleMs, requestTimeout: 0, keepAliveTimeout: idleMs },
  });
  server.timeout = idleMs;
  server.maxConnections = mostConnections;
  server.on('connection', (connection: Duplex) => {
    connections.add(connection);
    connection.once('close', () => {
      connections.delete(connection);
      busy.delete(connection);
    });
  });
  server.on('request', plain);
  server.on('checkContinue', plain);
  server.on('checkExpectation', plain);
  server.on('connect', tunnel);
  server.on('clientError', malformed);
  server.listen({ path: options.socket, readableAll: true, writableAll: true });
  await once(server, 'listening');
  // A connection that cannot be accepted, for want of descriptors, is the plugin's loss and not the kernel's end.
  server.on('error', () => {});

  return {
    begin(taskRecord) {
      cutAll();
      record = taskRecord;
    },
    end() {
      cutAll();
      record = null;
    },
    async close() {
      cutAll();
      record = null;
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };

  async function plain(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = request.socket;
    const exchange = start(request, connection);
    if (!exchange) return;
    exchange.onCut(() => response.destroy());
    response.once('finish', () => {
      busy.delete(connection);
      // What is left of the content would be taken for the next request's.
      if (!request.complete) request.destroy();
    });
    response.once('close', () => exchange.end());
    response.on('error', () => response.destroy());
    try {
      const target = check(exchange, request, tunnels.get(connection));
      checkFraming(request);
      const admitted = await admit(target, rules);
      if (exchange.over) return;
      if (request.headers.expect !== undefined) response.writeContinue();
      await forward({ request, response, target, admitted, credentials, exchange, ca: options.ca });
    } catch (error) {
      const { status, message } = refuse(exchange, error);
      if (response.headersSent || response.destroyed) return void response.destroy();
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
      response.end(`${message}\n`);
    }
  }

  async function tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const exchange = start(request, client);
    if (!exchange) return;
    client.on('error', () => client.destroy());
    client.once('close', () => exchange.cut());
    restNoLongerThan(idleMs, client);
    if (head.length > 0) client.unshift(head);
    try {
      if (tunnels.has(client)) throw notAProxyRequest('CONNECT inside of a tunnel is not forwarded.');
      const target = check(exchange, request, undefined);
      const admitted = await admit(target, rules);
      if (exchange.over) return;
      await openTunnel({ client, admitted, exchange, hear: (inner) => hear(inner, client, admitted) });
    } catch (error) {
      answerRaw(client, refuse(exchange, error));
      exchange.end();
    }
  }

  function malformed(error: Error & { code?: string }, client: Duplex): void {
    if (error.code === 'ECONNRESET' || busy.has(client) || !client.writable) return void client.destroy();
    const exchange = newExchange('', live, record ?? options.recordStray);
    const { code = error.name } = error;
    const overflow = code === 'HPE_HEADER_OVERFLOW';
    const message = overflow ? `The header has more than ${headerBytes} bytes.` : `This is not HTTP/1.1: ${code}.`;
    const refusal = new Refusal('not a proxy request', overflow ? 431 : 400, message);
    answerRaw(client, refuse(exchange, record ? refusal : noTask()));
    exchange.end();
  }

  /** Null where the connection is in use: its requests come one after another, so that answers cannot be mixed up. */
  function start({ method = '' }: IncomingMessage, connection: Duplex): Exchange | null {
    const exchange = newExchange(method, live, record ?? options.recordStray);
    if (!busy.has(connection)) {
      busy.set(connection, exchange);
      return exchange;
    }
    refuse(exchange, record ? notAProxyRequest('Requests on one connection have to wait for each other.') : noTask());
    exchange.end();
    connection.destroy();
    return null;
  }

  /** The target, written into the entry; throws a `Refusal`. */
  function check({ entry }: Exchange, request: IncomingMessage, tunnelTo: Place | undefined): Target {
    let target: Target;
    try {
      const { httpVersion, method = '', url = '', rawHeaders } = request;
      target = targetOf({ httpVersion, method, url, rawHeaders }, tunnelTo);
    } catch (error) {
      throw record ? error : noTask();
    }
    Object.assign(entry, { host: target.host, port: target.port });
    if (target.path !== '') entry.path = target.path.replace(/\?.*$/, '');
    if (!record) throw noTask();
    return target;
  }

  /** A client that speaks plain HTTP inside its tunnel. */
  function hear(inner: Duplex, client: Duplex, { host, port }: Admitted): void {
    busy.delete(client);
    tunnels.set(inner, { host, port });
    server.emit('connection', inner);
  }

  function cutAll(): void {
    for (const exchange of live) exchange.cut();
  }
}

function noTask(): Refusal {
  return new Refusal('no task', 403, 'No task is under way. Ask the network while working on one.');
}

/** Writes what stopped a request into its entry. What is no refusal went wrong on the way, and says so by its code. */
function refuse({ entry }: Exchange, error: unknown): Refusal {
  const { code = 'error' } = error as { code?: string };
  const refusal =
    error instanceof Refusal ? error : new Refusal('unreachable', 502, `The request cannot be sent: ${code}.`);
  entry.verdict = refusal.verdict;
  entry.status = refusal.status;
  return refusal;
}

function answerRaw(client: Duplex, { status, message }: Refusal): void {
  const body = Buffer.from(`${message}\n`);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  if (client.writable) client.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  client.end(() => client.destroy());
}

/** Sockets have a clock of their own; a client inside a tunnel is timed by the tunnel. */
function restNoLongerThan(idleMs: number, client: Duplex & { setTimeout?: (ms: number, onRest: () => void) => void }) {
  client.setTimeout?.(idleMs, () => client.destroy());
}
