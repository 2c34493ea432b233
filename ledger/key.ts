// The key that signs checkpoints. It is written as `ledger.key.new` first, named in the ledger in the same transaction
// that makes the ledger, and moved into place after that: a crash in between leaves a ledger that finds its key.
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { secretPath } from './beside.ts';
import { moveNew, writeNew } from './durable-file.ts';
import { newSecret, type Signer, signerOf } from './note.ts';

/** Makes a key under `name`, to be put into place by `takeSigningKey`. */
export function newSigningKey(ledger: string, name: string): Signer {
  const secret = newSecret(name);
  const path = secretPath(ledger);
  // What a crash left there has a mode that need not be ours.
  if (existsSync(`${path}.new`)) unlinkSync(`${path}.new`);
  writeNew(path, `${secret}\n`, 0o600);
  return signerOf(secret);
}

/** The signer whose verifier key is `wanted`. Throws Error where the key is lost, or is another one. */
export function takeSigningKey(ledger: string, wanted: string): Signer {
  const path = secretPath(ledger);
  if (readSigner(`${path}.new`)?.verifierKey === wanted) moveNew(path);
  if (!existsSync(path)) throw new Error(`its key ${path} is lost`);
  const signer = readSigner(path);
  if (signer?.verifierKey !== wanted) throw new Error(`${path} is not the key that its checkpoints are signed with`);
  return signer;
}

function readSigner(path: string): Signer | null {
  try {
    return signerOf(readFileSync(path, 'utf8').trimEnd());
  } catch {
    return null;
  }
}
