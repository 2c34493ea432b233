// The keys of a ledger, one for each segment: the first from its beginning, each further one from the entry that begins
// its segment. Part of the verifier.
import type Database from 'better-sqlite3';
import { isSigned, readVerifierKey, type VerifierKey } from './verify-note.ts';

export interface KnownKeys {
  /** The ledger is of the time before checkpoints. */
  readonly old: boolean;
  /** Verifier keys as they were written, oldest first. */
  readonly lines: readonly string[];
  readonly keys: readonly VerifierKey[];
  /** The key that signs checkpoints over `size` entries. */
  readonly keyAt: (size: number) => { signs(note: string, origin: string): boolean } | null;
  /** Looks whether an entry begins a segment: kind `kernel`, key `segment:<number>`, its key in the body. */
  see(seq: number, kind: string, taskKey: string, body: string | null): void;
  end(find: (sentence: string) => void): void;
}

export function readKeys(store: Database.Database, find: (sentence: string) => void): KnownKeys {
  const meta = new Map(store.prepare('SELECT key, value FROM meta').raw().all() as [string, string][]);
  const lines: string[] = [];
  for (let line = meta.get('vkey/1'); line !== undefined; line = meta.get(`vkey/${lines.length + 1}`)) lines.push(line);
  const origin = `arbiter.ledger/${meta.get('id')}`;
  const keys = lines.map(readVerifierKey);
  for (const [index, key] of keys.entries())
    if (key?.name !== (index === 0 ? origin : `${origin}/${index + 1}`))
      find(`Key ${index + 1} is none of this ledger.`);
  const old = !meta.has('layout');
  if (!old && (meta.get('layout') !== '2' || lines.length === 0)) find('The ledger does not say how it is laid out.');
  // Sizes from which a key signs.
  const begins = [0];

  return {
    old,
    lines,
    keys: keys.filter((key) => key !== null),
    keyAt(size) {
      const key = keys[begins.findLastIndex((begin) => begin <= size)];
      return key ? { signs: (note, of) => of === key.name && isSigned(note, key) } : null;
    },
    see(seq, kind, taskKey, body) {
      if (kind !== 'kernel' || !taskKey.startsWith('segment:')) return;
      const number = begins.push(seq);
      if (taskKey !== `segment:${number}`) find(`Entry ${seq} does not begin segment ${number}.`);
      if (body === null || JSON.parse(body)?.facts?.key !== lines[number - 1])
        find(`Entry ${seq} begins a segment with another key than the ledger has.`);
    },
    end(findLast) {
      if (!old && begins.length !== lines.length)
        findLast(`There are ${lines.length} keys for ${begins.length} segments.`);
    },
  };
}
