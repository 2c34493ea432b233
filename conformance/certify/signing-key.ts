// The keys that certificates are signed with: Ed25519, as PEM, the public one beside the private one.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../../contracts/errors.ts';
import { publicKeyEnding } from '../../kernel/loader/trust.ts';

const secretKeyEnding = '.key.pem';

export interface KeyFiles {
  readonly secret: string;
  readonly public: string;
}

/** Makes a pair under `name` in `folder`. Throws KEY_EXISTS: a key that was lost cannot be had back. */
export function makeKey(folder: string, name: string): KeyFiles {
  const files = {
    secret: join(folder, `${name}${secretKeyEnding}`),
    public: join(folder, `${name}${publicKeyEnding}`),
  };
  for (const path of Object.values(files)) if (existsSync(path)) throw fault('KEY_EXISTS', { path });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(files.secret, privateKey.export({ type: 'pkcs8', format: 'pem' }), { flag: 'wx', mode: 0o600 });
  writeFileSync(files.public, publicKey.export({ type: 'spki', format: 'pem' }), { flag: 'wx' });
  return files;
}

/** Throws KEY_UNUSABLE. `from` names it in the message. */
export function readSecretKey(pem: string, from: string): KeyObject {
  const refuse = (detail: string) => fault('KEY_UNUSABLE', { from, detail });
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw refuse('it is no private key as PEM');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw refuse(`it is a key for ${key.asymmetricKeyType}`);
  return key;
}

/** The one key in `folder`. Throws KEY_UNUSABLE where there is none, or more than one. */
export function onlySecretKey(folder: string): KeyObject {
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(secretKeyEnding)) : [];
  const [name] = found;
  if (name === undefined) throw fault('KEY_UNUSABLE', { from: folder, detail: 'there is none' });
  if (found.length > 1) throw fault('KEY_UNUSABLE', { from: folder, detail: `there are ${found.join(' and ')}` });
  const path = join(folder, name);
  return readSecretKey(readFileSync(path, 'utf8'), path);
}
