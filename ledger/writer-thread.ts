// The one thread that writes. It takes whatever queued up during the last fsync as one group, so that many entries
// share the cost of one.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { NewEntry } from './append.ts';
import { takeWriterLock } from './lock.ts';
import { type OpenLedger, resumeLedger } from './resume.ts';

/** Kernel → thread. */
export type ToWriter = { readonly append: readonly NewEntry[] } | { readonly close: true };
/** Thread → kernel. Numbers come in the order of the entries sent. */
export type FromWriter =
  | { readonly ready: { readonly seq: number } }
  | { readonly unusable: { readonly code?: string; readonly message: string } }
  | { readonly appended: readonly number[] };

const largestGroup = 512;
const uncoveredMs = 1000;
const port = parentPort;
if (!port) throw new Error('ledger/writer-thread.ts runs as a worker of ledger/writer.ts');

const { path, publish } = workerData as { path: string; publish: readonly string[] };
const say = (message: FromWriter) => port.postMessage(message);
const pending: NewEntry[] = [];
let closing = false;
let ledger: OpenLedger;
let covering: NodeJS.Timeout | undefined;

try {
  const lock = takeWriterLock(path);
  ledger = resumeLedger(path, publish);
  port.on('message', (message: ToWriter) => {
    receive(message);
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) receive(more.message);
    while (pending.length > 0) commit(pending.splice(0, largestGroup));
    if (closing) close(lock);
    else covering ??= setTimeout(cover, uncoveredMs);
  });
  say({ ready: { seq: ledger.appender.head.seq } });
} catch (error) {
  fail(error);
}

function receive(message: ToWriter): void {
  if ('append' in message) pending.push(...message.append);
  else closing = true;
}

function commit(group: NewEntry[]): void {
  let numbers: number[];
  try {
    numbers = ledger.appender.append(group);
  } catch {
    // After an error the database handle cannot be trusted, and the rows may or may not be there: look again.
    try {
      ledger.store.close();
      ledger = resumeLedger(path, publish);
      demandDurable();
      numbers = ledger.appender.append(group);
    } catch (error) {
      return fail(error);
    }
  }
  say({ appended: numbers });
  if (ledger.appender.latest) publishNote(ledger.appender.latest, false);
}

/**
 * After a failed sync the operating system may take for written what never reached the disk, and a further sync of the
 * same file says nothing. So what the write-ahead log holds is written to the ledger's own file, and that is synced.
 */
function demandDurable(): void {
  const [result] = ledger.store.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  if (result?.busy !== 0) throw new Error('its write-ahead log could not be written back after an error');
}

/** What came last is covered by a checkpoint too, when nothing comes after it. */
function cover(): void {
  covering = undefined;
  try {
    publishNote(ledger.appender.checkpoint() as string, true);
  } catch (error) {
    fail(error);
  }
}

/** A full disk keeps checkpoints from being published, not entries from being kept; the next one is tried again. */
function publishNote(note: string, now: boolean): void {
  try {
    ledger.publisher.publish(note, now);
  } catch {}
}

function close(lock: { release(): void }): void {
  clearTimeout(covering);
  cover();
  ledger.store.close();
  lock.release();
  port?.close();
}

function fail(error: unknown): void {
  const { code, message } = error as { code?: string; message: string };
  say({ unusable: code === undefined ? { message } : { code, message } });
  process.exit(1);
}
