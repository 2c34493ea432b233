// The ledger's head, noted outside the home: neither chain nor file can notice by themselves that a tail was cut off.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Head } from './append.ts';

/** Where the head of the ledger `id` is noted: below $XDG_STATE_HOME, else below ~/.local/state. */
export function anchorPath(id: string): string {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(state, 'arbiter', 'anchors', id);
}

/** Notes the head. Gives false where the place cannot be written to: the ledger is then unanchored, not broken. */
export function writeAnchor(id: string, head: Head): boolean {
  const path = anchorPath(id);
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(`${path}.new`, `${head.seq} ${head.leaf.toString('hex')}\n`);
    renameSync(`${path}.new`, path);
    return true;
  } catch {
    return false;
  }
}

/** Reads a noted head: `<seq> <hex>`. Gives null when there is none, or something else: an empty file anchors nothing. */
export function readAnchor(path: string): Head | null {
  try {
    const [, seq, leaf] = /^(\d+) ([0-9a-f]{64})\n$/.exec(readFileSync(path, 'utf8')) ?? [];
    return seq && leaf ? { seq: Number(seq), leaf: Buffer.from(leaf, 'hex') } : null;
  } catch {
    return null;
  }
}
