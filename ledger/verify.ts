// Checks a ledger from its file alone. This file trusts nothing else of the project: it imports only node:crypto,
// node:fs and the SQLite driver, and states the rules of the chain in its own words.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

/** `0` fine and anchored, `1` tampered with, `2` shorter than its anchor, `3` consistent but not anchored. */
export type VerdictCode = 0 | 1 | 2 | 3;

export interface Verdict {
  readonly code: VerdictCode;
  readonly entries: number;
  /** Leaf hash of the last entry, hexadecimal. */
  readonly head: string;
  /** One sentence each; empty when nothing is wrong. */
  readonly findings: string[];
}

/** A head noted elsewhere: number of the entry and its leaf hash. */
export interface Anchor {
  readonly seq: number;
  readonly leaf: Buffer;
}

interface Row {
  seq: number;
  id: string;
  task_key: string;
  kind: string;
  body_hash: Buffer;
  env_hash: Buffer;
  leaf_hash: Buffer;
  body: string | null;
  env: string | null;
}

const mostFindings = 20;

/** Verifies the ledger at `path` against `anchor`, if there is one. `progress` gets the number of entries read. */
export function verifyLedger(path: string, anchor: Anchor | null, progress?: (entries: number) => void): Verdict {
  if (!existsSync(path)) return { code: 1, entries: 0, head: '', findings: [`${path} is not there.`] };
  const findings: string[] = [];
  const find = (sentence: string) => {
    if (findings.length < mostFindings) findings.push(sentence);
  };

  let entries = 0;
  let previous: Buffer = Buffer.alloc(32);
  let anchorMet = false;
  try {
    const store = new Database(path, { readonly: true });
    try {
      // One transaction: what a writer adds meanwhile is not seen.
      store.transaction(() => {
        const integrity = store.pragma('integrity_check(1)', { simple: true });
        if (integrity !== 'ok') find(`SQLite finds the file damaged: ${integrity}.`);
        for (const row of store
          .prepare('SELECT entry.*, body, env FROM entry LEFT JOIN payload USING (seq) ORDER BY seq')
          .iterate() as IterableIterator<Row>) {
          entries += 1;
          if (row.seq !== entries) {
            find(`Entry ${entries} is missing.`);
            entries = row.seq;
          }
          checkPayload(row, find);
          const leaf = hashLeaf(row, previous);
          if (!leaf.equals(row.leaf_hash)) find(`Entry ${row.seq} does not follow from the entries before it.`);
          if (anchor && row.seq === anchor.seq) {
            anchorMet = true;
            if (!anchor.leaf.equals(row.leaf_hash))
              find(`Entry ${row.seq} is not the one that was noted outside the home.`);
          }
          previous = row.leaf_hash;
          if (progress && entries % 10_000 === 0) progress(entries);
        }
      })();
    } finally {
      store.close();
    }
  } catch (error) {
    find(`The file cannot be read as a ledger: ${(error as Error).message}.`);
  }

  const shorter = anchor !== null && anchor.seq > entries;
  if (shorter) find(`The ledger ends at entry ${entries}; ${anchor.seq} entries were noted outside the home.`);
  const tampered = findings.length > (shorter ? 1 : 0);
  const code = tampered ? 1 : shorter ? 2 : anchorMet || anchor?.seq === 0 ? 0 : 3;
  return { code, entries, head: previous.toString('hex'), findings };
}

function checkPayload(row: Row, find: (sentence: string) => void): void {
  if (row.body === null || row.env === null) return find(`The content of entry ${row.seq} is missing.`);
  if (!sha256(row.body).equals(row.body_hash)) find(`The body of entry ${row.seq} was changed.`);
  if (!sha256(row.env).equals(row.env_hash)) find(`The envelope of entry ${row.seq} was changed.`);
}

function hashLeaf(row: Row, previous: Buffer): Buffer {
  const text =
    `ledger-entry/v1\n${row.seq}\n${row.id}\n${row.task_key}\n${row.kind}\n` +
    `${row.body_hash.toString('hex')}\n${row.env_hash.toString('hex')}\n${previous.toString('hex')}\n`;
  return createHash('sha256')
    .update(Buffer.concat([Buffer.from([0]), Buffer.from(text)]))
    .digest();
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
