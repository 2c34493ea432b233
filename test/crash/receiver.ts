// A host that takes the requests of tasks: it counts what arrives for which task, and is not well from time to time.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
  readonly port: number;
  /** Keys of what arrived, by the task's id: its path. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  close(): void;
}

/** Each task's first request in three is answered 503. */
const wellAfter = 3;

export async function newReceiver(): Promise<Receiver> {
  const keys = new Map<string, Set<string>>();
  let arrived = 0;
  const server = createServer((request, response) => {
    const id = request.url?.slice(1) ?? '';
    const known = keys.get(id) ?? new Set();
    const first = known.size === 0;
    keys.set(id, known.add(`${request.headers['idempotency-key']}`));
    request.resume();
    response.writeHead(first && arrived++ % wellAfter === 0 ? 503 : 200).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    keys,
    close: () => void server.close(),
  };
}
