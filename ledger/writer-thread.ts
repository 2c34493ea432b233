// The one thread that writes. It takes whatever queued up during the last fsync as one group, so that many entries
// share the cost of one.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { anchorPath, readAnchor, writeAnchor } from './anchor.ts';
import { type Appender, type NewEntry, newAppender } from './append.ts';
import { takeWriterLock } from './lock.ts';
import { openForWriting, type Store } from './store.ts';

/** Kernel → thread. */
export type ToWriter = { readonly append: readonly NewEntry[] } | { readonly close: true };
/** Thread → kernel. Numbers come in the order of the entries sent. */
export type FromWriter =
  | { readonly ready: { readonly seq: number } }
  | { readonly unusable: { readonly code?: string; readonly message: string } }
  | { readonly appended: readonly number[] };

const largestGroup = 512;
const anchorEveryMs = 1000;
const port = parentPort;
if (!port) throw new Error('ledger/writer-thread.ts runs as a worker of ledger/writer.ts');

const { path } = workerData as { path: string };
const say = (message: FromWriter) => port.postMessage(message);
const pending: NewEntry[] = [];
let closing = false;
let anchoredAt = 0;
let store: Store;
let appender: Appender;

try {
  const lock = takeWriterLock(path);
  open();
  port.on('message', (message: ToWriter) => {
    receive(message);
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) receive(more.message);
    while (pending.length > 0) commit(pending.splice(0, largestGroup));
    if (closing) close(lock);
  });
  say({ ready: { seq: appender!.head.seq } });
} catch (error) {
  fail(error);
}

function open(): void {
  store = openForWriting(path);
  appender = newAppender(store);
  demandAnchored();
}

function receive(message: ToWriter): void {
  if ('append' in message) pending.push(...message.append);
  else closing = true;
}

function commit(group: NewEntry[]): void {
  let numbers: number[];
  try {
    numbers = appender.append(group);
  } catch {
    // After an error the database handle cannot be trusted, and the rows may or may not be there: look again.
    try {
      store.close();
      open();
      numbers = appender.append(group);
    } catch (error) {
      return fail(error);
    }
  }
  say({ appended: numbers });
  if (Date.now() - anchoredAt >= anchorEveryMs) anchor();
}

/** A ledger that lost its end, or whose past was changed, is not written to: the next head would cover it up. */
function demandAnchored(): void {
  const path = anchorPath(ledgerId());
  const noted = readAnchor(path);
  if (!noted || noted.seq === 0) return;
  const leaf = store.prepare('SELECT leaf_hash FROM entry WHERE seq = ?').pluck().get(noted.seq) as Buffer | undefined;
  if (leaf?.equals(noted.leaf)) return;
  const found = leaf ? 'has another one' : `ends at entry ${appender.head.seq}`;
  throw new Error(`entry ${noted.seq} was noted in ${path}, and the ledger ${found}`);
}

function ledgerId(): string {
  return String(store.prepare(`SELECT value FROM meta WHERE key = 'id'`).pluck().get());
}

function anchor(): void {
  writeAnchor(ledgerId(), appender.head);
  anchoredAt = Date.now();
}

function close(lock: { release(): void }): void {
  anchor();
  store.close();
  lock.release();
  port?.close();
}

function fail(error: unknown): void {
  const { code, message } = error as { code?: string; message: string };
  say({ unusable: code === undefined ? { message } : { code, message } });
  process.exit(1);
}
