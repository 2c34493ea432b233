// CONNECT: bytes to and fro, counted, with nothing added. A client that speaks plain HTTP inside a tunnel, as fetch
// does through a proxy, is heard as if it had asked without one: each of its requests is checked and recorded.
import { connect, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { type Admitted, pinned } from './admit.ts';
import type { Exchange } from './exchange.ts';
import { unreachable } from './forward.ts';

interface Tunnel {
  readonly client: Duplex;
  readonly admitted: Admitted;
  readonly exchange: Exchange;
  /** Takes over a client that speaks plain HTTP. */
  hear(client: Duplex): void;
}

const startsLikeHttp = /^[A-Z]{3,16} /;

/** Ends when the tunnel stands; throws a `Refusal` where the host cannot be reached. */
export async function openTunnel({ client, admitted, exchange, hear }: Tunnel): Promise<void> {
  const { entry } = exchange;
  const upstream = await reach(admitted, exchange);
  let heard = false;
  const count = () => Object.assign(entry, { sent: upstream.bytesWritten, received: upstream.bytesRead });
  exchange.onCut(() => {
    count();
    client.destroy();
  });
  upstream.on('error', () => client.destroy());
  upstream.once('close', () => {
    if (heard) return;
    count();
    exchange.end();
    if (!client.writableEnded) client.destroy();
  });

  entry.status = 200;
  client.write('HTTP/1.1 200 Connection established\r\n\r\n');
  upstream.pipe(client);
  client.once('end', () => upstream.end());
  client.once('data', (first: Buffer) => {
    client.pause();
    client.unshift(first);
    heard = startsLikeHttp.test(first.toString('latin1', 0, 32)) && upstream.bytesRead === 0;
    if (!heard) return client.pipe(upstream);
    upstream.unpipe(client);
    upstream.destroy();
    exchange.discard();
    hear(wrapped(client));
  });
}

/** The same bytes as another stream: a socket that was read from cannot be given to an HTTP server again. */
function wrapped(client: Duplex): Duplex {
  const [near, far] = duplexPair();
  client.pipe(near).pipe(client);
  client.once('close', () => far.destroy());
  far.once('close', () => {
    if (!far.writableFinished) client.destroy();
  });
  return far;
}

function reach({ host, port, addresses }: Admitted, exchange: Exchange): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const upstream = connect({ host, port, lookup: pinned(addresses), autoSelectFamily: true, allowHalfOpen: true });
    exchange.onCut(() => upstream.destroy());
    upstream.once('connect', () => resolve(upstream));
    upstream.on('error', (error) => reject(unreachable(host, port, error)));
    upstream.once('close', () => reject(unreachable(host, port, new Error('closed'))));
  });
}
