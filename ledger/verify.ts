// Checks a ledger from its file alone. This file and those beside it that begin with `verify-` trust nothing else of the
// project: they import only node:crypto, node:fs and the SQLite driver, and state the rules in their own words.
import { hash } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { newCheckpointCheck } from './verify-checkpoints.ts';
import { type KnownKeys, readKeys } from './verify-keys.ts';
import { type Expectation, expectationOf } from './verify-published.ts';
import { newRedactionCheck } from './verify-redactions.ts';
import { checkSchema } from './verify-schema.ts';
import { growTree } from './verify-tree.ts';

/** `0` fine and anchored outside the home, `1` tampered, `2` shorter than its anchor, `3` consistent but unanchored. */
export type VerdictCode = 0 | 1 | 2 | 3;

export interface Verdict {
  readonly code: VerdictCode;
  readonly entries: number;
  /** Leaf hash of the last entry, hexadecimal. */
  readonly head: string;
  /** Root of the Merkle tree over all entries, base64. */
  readonly root: string;
  /** How many signed checkpoints were checked. */
  readonly checkpoints: number;
  /** Entries whose content was removed by a recorded entry. */
  readonly redacted: readonly number[];
  /** One sentence each; empty when nothing is wrong. */
  readonly findings: string[];
}

/** A checkpoint, or `<seq> <leaf hash>`, noted elsewhere; `outside` when whoever may write to the home may not write there. */
export interface PublishedNote {
  readonly where: string;
  readonly text: string;
  readonly outside: boolean;
}

export interface VerifyOptions {
  readonly notes: readonly PublishedNote[];
  /** The verifier key that the ledger has to begin with. */
  readonly key?: string | undefined;
  /** Gets the number of entries read, every ten thousand. */
  readonly progress?: ((entries: number) => void) | undefined;
}

/** Digests of body and envelope are hexadecimal. */
interface Row {
  readonly seq: number;
  readonly id: string;
  readonly task_key: string;
  readonly kind: string;
  readonly body_hash: string;
  readonly env_hash: string;
  readonly leaf_hash: Buffer;
  readonly body: string | null;
  readonly env: string | null;
}

// Arrays, because objects with nine names take SQLite's driver twice as long.
type Columns = [number, string, string, string, Buffer, Buffer, Buffer, string | null, string | null];

type Find = (sentence: string) => void;

const mostFindings = 20;
const everyEntry = `SELECT entry.seq, id, task_key, kind, body_hash, env_hash, leaf_hash, body, env
  FROM entry LEFT JOIN payload USING (seq) ORDER BY entry.seq`;

/** Verifies the ledger at `path`. Throws what node:fs throws where it may not be read. */
export function verifyLedger(path: string, options: VerifyOptions): Verdict {
  const findings: string[] = [];
  const find: Find = (sentence) => {
    if (findings.length < mostFindings) findings.push(sentence);
  };
  const found: Found = {
    entries: 0,
    head: Buffer.alloc(32),
    root: '',
    checkpoints: 0,
    redacted: [],
    anchored: false,
    missing: [],
  };
  if (!existsSync(path)) find(`${path} is not there.`);
  else {
    accessSync(path, constants.R_OK);
    try {
      // Opened for reading, SQLite still has to make the index of a write-ahead log beside the file.
      const store = new Database(path, { readonly: true });
      try {
        // One transaction: what a writer adds meanwhile is not seen.
        store.transaction(() => checkAll(store, options, find, found))();
      } finally {
        store.close();
      }
    } catch (error) {
      if (mayNotBeRead(error)) throw error;
      find(`The file cannot be read as a ledger: ${(error as Error).message}.`);
    }
  }
  const code = findings.length > 0 ? 1 : found.missing.length > 0 ? 2 : found.anchored ? 0 : 3;
  for (const sentence of found.missing) find(sentence);
  const { entries, head, root, checkpoints, redacted } = found;
  return { code, entries, head: head.toString('hex'), root, checkpoints, redacted, findings };
}

interface Found {
  entries: number;
  head: Buffer;
  root: string;
  checkpoints: number;
  redacted: number[];
  anchored: boolean;
  /** What was noted elsewhere of entries that are not there. */
  missing: string[];
}

function checkAll(store: Database.Database, options: VerifyOptions, find: Find, found: Found): void {
  const integrity = store.pragma('integrity_check(1)', { simple: true });
  if (integrity !== 'ok') find(`SQLite finds the file damaged: ${integrity}.`);
  const keys = readKeys(store, find);
  checkSchema(store, keys.old, find);
  const checkpoints = newCheckpointCheck(store, keys, find);
  try {
    checkEntries(store, options, keys, checkpoints.at, find, found);
  } finally {
    found.checkpoints = checkpoints.checked;
    checkpoints.end();
  }
}

function checkEntries(
  store: Database.Database,
  { notes, key, progress }: VerifyOptions,
  keys: KnownKeys,
  checkpoint: (root: () => string, size: number) => void,
  find: Find,
  found: Found,
): void {
  if (key !== undefined && keys.lines[0] !== key.trim()) find('The ledger does not begin with the key that was given.');
  const expectations = notes.map((note) => expectationOf(note, keys.keys, find)).filter((one) => one !== null);
  const tile = store.prepare('SELECT data FROM tile WHERE level = ? AND idx = ?').pluck();
  const tree = growTree((level, index, data) => {
    if (!keys.old && !(tile.get(level, index) as Buffer | undefined)?.equals(data))
      find(`Tile ${level}/${index} does not follow from the entries.`);
  });
  const redaction = newRedactionCheck();

  const meet = (leaf: Buffer) => {
    for (const one of expectations)
      if (one.size === found.entries) checkExpectation(one, leaf, tree.root(), find, found);
  };
  meet(found.head);
  checkpoint(tree.root, 0);
  let previous = found.head.toString('hex');
  for (const columns of store.prepare(everyEntry).raw().iterate() as IterableIterator<Columns>) {
    const row = rowOf(columns);
    found.entries += 1;
    if (row.seq !== found.entries) {
      find(`Entry ${found.entries} is missing.`);
      found.entries = row.seq;
    }
    const redacted = checkContent(row, find);
    redaction.see(row.seq, row.kind, row.task_key, redacted);
    keys.see(row.seq, row.kind, row.task_key, row.body);
    const leaf = row.leaf_hash.toString('hex');
    if (hashLeaf(row, previous) !== leaf) find(`Entry ${row.seq} does not follow from the entries before it.`);
    tree.add(row.leaf_hash);
    found.head = row.leaf_hash;
    previous = leaf;
    meet(row.leaf_hash);
    checkpoint(tree.root, row.seq);
    if (progress && found.entries % 10_000 === 0) progress(found.entries);
  }
  found.root = tree.root();
  found.redacted = redaction.end(find);
  checkpoint(tree.root, Number.POSITIVE_INFINITY);
  keys.end(find);
  checkCounts(store, tree, keys.old, find);
  for (const { where, size } of expectations)
    if (size > found.entries)
      found.missing.push(`The ledger ends at entry ${found.entries}; ${size} entries were noted in ${where}.`);
}

function checkExpectation(one: Expectation, leaf: Buffer, root: string, find: Find, found: Found): void {
  const same = one.root === null ? one.leaf.equals(leaf) : one.root === root;
  if (same) found.anchored ||= one.outside;
  else find(`Of the first ${one.size} entries another past was noted in ${one.where}.`);
}

/** Gives whether the content was removed as a whole. */
function checkContent(row: Row, find: Find): boolean {
  if (row.body === null && row.env === null) return true;
  if (row.body === null || row.env === null) find(`The content of entry ${row.seq} is missing.`);
  if (row.body !== null && sha256(row.body) !== row.body_hash) find(`The body of entry ${row.seq} was changed.`);
  if (row.env !== null && sha256(row.env) !== row.env_hash) find(`The envelope of entry ${row.seq} was changed.`);
  return false;
}

/** What of tiles and payloads stands for no entry. */
function checkCounts(store: Database.Database, tree: ReturnType<typeof growTree>, old: boolean, find: Find): void {
  const payloads = store.prepare('SELECT count(*) FROM payload WHERE seq > ? OR seq < 1').pluck().get(tree.size);
  if (payloads !== 0) find('There is content that belongs to no entry.');
  if (old) return;
  let expected = 0;
  for (const [level, { full, rest }] of tree.levels.entries()) {
    expected += full;
    if (level === 0 || rest.length === 0) continue;
    expected += 1;
    const data = store.prepare('SELECT data FROM tile WHERE level = ? AND idx = ?').pluck().get(level, full);
    if (!(data as Buffer | undefined)?.equals(Buffer.concat(rest)))
      find(`Tile ${level}/${full} does not follow from the entries.`);
  }
  if (store.prepare('SELECT count(*) FROM tile').pluck().get() !== expected) find(`There are not ${expected} tiles.`);
}

function rowOf([seq, id, task_key, kind, bodyHash, envHash, leaf_hash, body, env]: Columns): Row {
  const [body_hash, env_hash] = [bodyHash.toString('hex'), envHash.toString('hex')];
  return { seq, id, task_key, kind, body_hash, env_hash, leaf_hash, body, env };
}

function hashLeaf({ seq, id, task_key, kind, body_hash, env_hash }: Row, previous: string): string {
  return sha256(`\0ledger-entry/v1\n${seq}\n${id}\n${task_key}\n${kind}\n${body_hash}\n${env_hash}\n${previous}\n`);
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

function mayNotBeRead(error: unknown): boolean {
  return /^(EACCES|EPERM|SQLITE_CANTOPEN.*|SQLITE_PERM|SQLITE_READONLY.*)$/.test(
    (error as { code?: string }).code ?? '',
  );
}
