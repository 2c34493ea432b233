// Goes on with a ledger: opens it for writing and compares it with what was published of it. A ledger that lost its end,
// or whose past was changed, is not written to: the next checkpoint would cover that up.
import { existsSync, readFileSync } from 'node:fs';
import { type Appender, newAppender } from './append.ts';
import { verifierPath } from './beside.ts';
import { replaceDurably } from './durable-file.ts';
import { takeSigningKey } from './key.ts';
import { newPublisher, type Publisher } from './publish.ts';
import { publishedNotes } from './published.ts';
import { metaOf, openForWriting, type Store, verifierKeys } from './store.ts';
import { newStoredTree } from './tiles.ts';
import type { PublishedNote } from './verify.ts';
import { isSigned, readCheckpoint, readVerifierKey } from './verify-note.ts';

export interface OpenLedger {
  readonly store: Store;
  readonly appender: Appender;
  readonly publisher: Publisher;
}

/** Takes no lock: that is for the caller. Throws Error with the reason where the ledger is not to be written to. */
export function resumeLedger(path: string, targets: readonly string[] = []): OpenLedger {
  const store = openForWriting(path);
  try {
    const keys = verifierKeys(store);
    const id = String(metaOf(store, 'id'));
    demandCheckpoint(store);
    for (const note of publishedNotes(path, id, targets)) demandAgreement(store, keys, note);
    const appender = newAppender(store, takeSigningKey(path, String(keys.at(-1))));
    publishKeys(path, keys);
    const publisher = newPublisher(path, id, targets);
    publisher.publish(appender.checkpoint() as string, true);
    return { store, appender, publisher };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The tree that stands in the file has the root that was signed last. */
function demandCheckpoint(store: Store): void {
  const last = store.prepare('SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1').pluck().get() as
    | string
    | undefined;
  const checkpoint = last === undefined ? undefined : readCheckpoint(last);
  if (checkpoint === undefined) return;
  if (
    !checkpoint ||
    checkpoint.size > sizeOf(store) ||
    !newStoredTree(store).root(checkpoint.size).equals(checkpoint.root)
  )
    throw new Error(`its last checkpoint does not fit its entries`);
}

function demandAgreement(store: Store, keys: readonly string[], { where, text }: PublishedNote): void {
  const [, seq, leaf] = /^(\d+) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  if (seq !== undefined && leaf !== undefined) return demandEntry(store, where, Number(seq), leaf);
  const checkpoint = readCheckpoint(text);
  if (!checkpoint) throw new Error(`${where} holds something else than a checkpoint`);
  const signed = keys.some((line) => {
    const key = readVerifierKey(line);
    return key !== null && key.name === checkpoint.origin && isSigned(text, key);
  });
  if (!signed) throw new Error(`the checkpoint in ${where} is not signed by its key`);
  const { size, root } = checkpoint;
  if (size > sizeOf(store))
    throw new Error(`${where} notes ${size} entries, and the ledger ends at entry ${sizeOf(store)}`);
  if (!newStoredTree(store).root(size).equals(root))
    throw new Error(`${where} notes another past of its first ${size} entries`);
}

/** A note of the time before checkpoints: number and leaf hash of an entry. */
function demandEntry(store: Store, where: string, seq: number, noted: string): void {
  if (seq === 0) return;
  const leaf = store.prepare('SELECT leaf_hash FROM entry WHERE seq = ?').pluck().get(seq) as Buffer | undefined;
  if (leaf?.toString('hex') === noted) return;
  const found = leaf ? 'has another one' : `ends at entry ${sizeOf(store)}`;
  throw new Error(`entry ${seq} was noted in ${where}, and the ledger ${found}`);
}

function sizeOf(store: Store): number {
  return store.prepare('SELECT coalesce(max(seq), 0) FROM entry').pluck().get() as number;
}

function publishKeys(path: string, keys: readonly string[]): void {
  const [file, text] = [verifierPath(path), `${keys.join('\n')}\n`];
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) replaceDurably(file, text);
}
