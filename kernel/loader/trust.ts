// Whose certificates count: the public keys in trust/ of the home, one a file, named for whoever holds it.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import { keyIdOf } from './envelope.ts';

export interface TrustedKey {
  /** Its file's name, without the ending. */
  readonly name: string;
  readonly id: string;
  readonly key: KeyObject;
}

export type Trust = readonly TrustedKey[];

export const publicKeyEnding = '.pub.pem';

/** The keys in `folder`. Throws TRUST_INVALID: a key that cannot be read is not passed over in silence. */
export function readTrust(folder: string): Trust {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(publicKeyEnding));
  return files.sort().map((file) => readTrustedKey(join(folder, file)));
}

/** The key in one file. Throws TRUST_INVALID. */
export function readTrustedKey(path: string): TrustedKey {
  const key = readPublicKey(path);
  return { name: basename(path, publicKeyEnding), id: keyIdOf(key), key };
}

/** An Ed25519 public key as PEM. Throws TRUST_INVALID. */
export function readPublicKey(path: string): KeyObject {
  const text = readFileSync(path, 'utf8');
  const refuse = (detail: string) => fault('TRUST_INVALID', { path, detail });
  // node:crypto would make the public key from a private one, which has no business here.
  if (text.includes('PRIVATE KEY')) throw refuse('it holds a private key');
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    throw refuse('it is no public key as PEM');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw refuse(`it is a key for ${key.asymmetricKeyType}`);
  return key;
}
