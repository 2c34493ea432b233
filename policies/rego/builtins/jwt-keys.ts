// Keys of tokens: certificates and public keys as PEM, JSON Web Keys alone or in a set.
import { constants, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { failed } from '../builtin.ts';
import { toJson } from '../value-text.ts';
import type { RegoObject, Value } from '../values.ts';

interface Algorithm {
  readonly hash?: string;
  readonly options: { readonly padding?: number; readonly saltLength?: number; readonly dsaEncoding?: 'ieee-p1363' };
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };

/** All but those with a shared secret. */
export const algorithms: Readonly<Record<string, Algorithm>> = {
  ...Object.fromEntries(
    ['256', '384', '512'].flatMap((size) => [
      [`RS${size}`, { hash: `sha${size}`, options: { padding: constants.RSA_PKCS1_PADDING } }],
      [`PS${size}`, { hash: `sha${size}`, options: pss }],
      [`ES${size}`, { hash: `sha${size}`, options: { dsaEncoding: 'ieee-p1363' as const } }],
    ]),
  ),
  EdDSA: { options: {} },
};

export interface Key {
  readonly key: KeyObject;
  readonly algorithm: string | undefined;
}

/** The keys that a text holds; with `id`, that one of a set where it is there. Throws eval_builtin_error. */
export function keysOf(text: string, id?: Value): Key[] {
  if (text.includes('-----BEGIN')) return [{ key: fromPem(text), algorithm: undefined }];
  let parsed: { keys?: Record<string, string>[] } & Record<string, unknown>;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw failed('failed to parse a JWK key (set)');
  }
  const all = parsed.keys ?? [parsed as Record<string, string>];
  const named = id === undefined ? [] : all.filter(({ kid }) => kid === id);
  const usable = (named.length > 0 ? named : all).filter(({ kty }) => kty !== 'oct');
  return usable.map((jwk) => ({ key: fromJwk(jwk), algorithm: jwk.alg }));
}

function fromPem(text: string): KeyObject {
  const kind = /-----BEGIN ([A-Z ]+)-----/.exec(text)?.[1];
  if (!/-----END [A-Z ]+-----\s*$/.test(text)) throw failed('extra data after a PEM certificate block');
  try {
    if (kind === 'CERTIFICATE') return new X509Certificate(text).publicKey;
    return createPublicKey(text);
  } catch {
    throw failed(
      kind === 'CERTIFICATE' ? 'failed to parse a PEM certificate' : 'failed to extract a Key from the PEM certificate',
    );
  }
}

function fromJwk(jwk: Record<string, string>): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw failed('failed to parse a JWK key (set)');
  }
}

export function signingKey(jwk: RegoObject): KeyObject {
  try {
    return createPrivateKey({ key: toJson(jwk) as Record<string, string>, format: 'jwk' });
  } catch (error) {
    throw failed((error as Error).message);
  }
}
