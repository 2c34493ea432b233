// Checks the proof of an entry (c2sp.org/tlog-proof) against a verifier key. Part of the verifier.
import { hash } from 'node:crypto';
import { isSigned, readCheckpoint, readVerifierKey } from './verify-note.ts';
import { leadsToRoot } from './verify-tree.ts';

/** What a proof proves. */
export interface ProvenEntry {
  readonly origin: string;
  /** Entries of the ledger when the checkpoint was signed. */
  readonly size: number;
  readonly seq: number;
  readonly id: string;
  readonly taskKey: string;
  readonly kind: string;
  /** SHA-256 of the stored body and envelope, hexadecimal. */
  readonly bodyHash: string;
  readonly envHash: string;
}

/** Gives the entry, or a sentence that says why `proof` does not prove one under `verifierKey`. */
export function verifyProof(proof: string, verifierKey: string): ProvenEntry | string {
  const key = readVerifierKey(verifierKey);
  if (!key) return 'The key is no verifier key.';
  const parts =
    /^c2sp\.org\/tlog-proof@v1\nextra ([A-Za-z0-9+/]+={0,2})\nindex (0|[1-9]\d{0,15})\n((?:[A-Za-z0-9+/]{43}=\n)*)\n([\s\S]*)$/.exec(
      proof,
    );
  if (!parts) return 'This is no proof of an entry.';
  const note = parts[4] as string;
  const checkpoint = readCheckpoint(note);
  if (!checkpoint) return 'The proof ends in no checkpoint.';
  if (checkpoint.origin !== key.name)
    return `The checkpoint is one of ${checkpoint.origin}, and the key one of ${key.name}.`;
  if (!isSigned(note, key)) return 'The checkpoint is not signed by the key.';
  const leaf = Buffer.from(parts[1] as string, 'base64');
  const index = Number(parts[2]);
  const path = (parts[3] as string)
    .split('\n')
    .slice(0, -1)
    .map((line) => Buffer.from(line, 'base64'));
  const leafHash = hash('sha256', Buffer.concat([Buffer.from([0]), leaf]), 'buffer');
  if (!leadsToRoot(leafHash, index, checkpoint.size, path, checkpoint.root))
    return 'The entry does not lead to the root that was signed.';
  const lines = leaf.toString('utf8').split('\n');
  const [version, seq, id, taskKey, kind, bodyHash, envHash] = lines as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (version !== 'ledger-entry/v1' || lines.length !== 9 || Number(seq) !== index + 1)
    return 'What was proven is no entry of a ledger.';
  return { origin: checkpoint.origin, size: checkpoint.size, seq: index + 1, id, taskKey, kind, bodyHash, envHash };
}
