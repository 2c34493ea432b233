// Signed notes (c2sp.org/signed-note): a text, an empty line, a line for each signature. The kind of signature is a row of
// a table, so that another one can be added beside Ed25519.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { sha256 } from './chain.ts';

/** Signs notes under one name. */
export interface Signer {
  /** Name of the key; for a log, its origin. */
  readonly name: string;
  /** `<name>+<key id>+<base64>`, for whoever verifies. */
  readonly verifierKey: string;
  /** The whole note: text, empty line, signature. `text` ends in a newline. */
  sign(text: string): string;
}

interface SignatureType {
  readonly byte: number;
  generate(): Buffer;
  load(secret: Buffer): { readonly publicKey: Buffer; sign(text: Buffer): Buffer };
}

/** DER around the 32 bytes of an Ed25519 secret (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const ed25519: SignatureType = {
  byte: 1,
  generate: () =>
    Buffer.from(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }).d as string, 'base64url'),
  load(secret) {
    const key: KeyObject = createPrivateKey({ key: Buffer.concat([pkcs8, secret]), format: 'der', type: 'pkcs8' });
    const publicKey = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x as string, 'base64url');
    return { publicKey, sign: (text) => sign(null, text, key) };
  },
};

const signatureTypes: readonly SignatureType[] = [ed25519];

/** A new secret under `name`, as one line: `PRIVATE+KEY+<name>+<key id>+<base64>`. */
export function newSecret(name: string, type: SignatureType = ed25519): string {
  const secret = type.generate();
  const id = keyId(name, type, type.load(secret).publicKey).toString('hex');
  return `PRIVATE+KEY+${name}+${id}+${Buffer.concat([Buffer.from([type.byte]), secret]).toString('base64')}`;
}

/** Reads a line of `newSecret`. Throws Error for anything else. */
export function signerOf(secretLine: string): Signer {
  const [, name, id, encoded] = /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(secretLine) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  const type = signatureTypes.find(({ byte }) => byte === bytes[0]);
  if (!name || !id || !type || bytes.length !== 33) throw new Error('this is no key for signing');
  const { publicKey, sign: signBytes } = type.load(bytes.subarray(1));
  const hint = keyId(name, type, publicKey);
  if (hint.toString('hex') !== id) throw new Error('the key does not have the id that it bears');
  const encodedKey = Buffer.concat([Buffer.from([type.byte]), publicKey]).toString('base64');
  return {
    name,
    verifierKey: `${name}+${id}+${encodedKey}`,
    sign(text) {
      const signature = Buffer.concat([hint, signBytes(Buffer.from(text))]).toString('base64');
      return `${text}\n— ${name} ${signature}\n`;
    },
  };
}

function keyId(name: string, { byte }: SignatureType, publicKey: Buffer): Buffer {
  return sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([byte]), publicKey])).subarray(0, 4);
}
