// Checks signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint). Part of the verifier: imports
// nothing of the project besides other files of it, and states the rules in its own words.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

export interface VerifierKey {
  readonly name: string;
  /** First four bytes of SHA-256 over name, newline, type and key. */
  readonly id: Buffer;
  readonly key: KeyObject;
}

/** What a checkpoint says: how many leaves the log had, and the root over them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

const subjectPublicKeyInfo = Buffer.from('302a300506032b6570032100', 'hex');

/** Reads `<name>+<key id>+<base64>`. Gives null for what is no Ed25519 verifier key, or bears a wrong id. */
export function readVerifierKey(text: string): VerifierKey | null {
  const parts = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})\n?$/.exec(text);
  if (!parts) return null;
  const [name, encoded] = [parts[1] as string, Buffer.from(parts[3] as string, 'base64')];
  if (encoded.length !== 33 || encoded[0] !== 1) return null;
  const id = createHash('sha256').update(`${name}\n`).update(encoded).digest().subarray(0, 4);
  if (id.toString('hex') !== parts[2]) return null;
  const key = createPublicKey({
    key: Buffer.concat([subjectPublicKeyInfo, encoded.subarray(1)]),
    format: 'der',
    type: 'spki',
  });
  return { name, id, key };
}

/** Reads a checkpoint without looking at its signatures. Gives null for anything else. */
export function readCheckpoint(note: string): Checkpoint | null {
  const parts = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*\n(?:— [^\n]+\n)+$/.exec(note);
  if (!parts) return null;
  const size = Number(parts[2]);
  if (!Number.isSafeInteger(size)) return null;
  return { origin: parts[1] as string, size, root: Buffer.from(parts[3] as string, 'base64') };
}

/** Whether `note` is signed by `key`: one line of its name and id, and none of those that is wrong. */
export function isSigned(note: string, key: VerifierKey): boolean {
  const end = note.lastIndexOf('\n\n');
  if (end < 0) return false;
  const text = Buffer.from(note.slice(0, end + 1));
  let signed = false;
  for (const line of note.slice(end + 2).split('\n')) {
    const parts = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    if (!parts || parts[1] !== key.name) continue;
    const bytes = Buffer.from(parts[2] as string, 'base64');
    if (!bytes.subarray(0, 4).equals(key.id)) continue;
    if (!verify(null, text, key.key, bytes.subarray(4))) return false;
    signed = true;
  }
  return signed;
}
