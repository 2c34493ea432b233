// Signed envelopes as DSSE has them (secure-systems-lab/dsse, v1): what is signed is the payload with its type and both
// their lengths, so that no payload can be taken for one of another kind.
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { SignedEnvelope } from '../../contracts/generated/envelope.v1.ts';

/** Signs `payload` with the Ed25519 key `secret`. */
export function seal(payloadType: string, payload: Buffer, secret: KeyObject): SignedEnvelope {
  const signature = sign(null, preAuthEncoding(payloadType, payload), secret);
  return {
    payloadType,
    payload: payload.toString('base64'),
    signatures: [{ keyid: keyIdOf(createPublicKey(secret)), sig: signature.toString('base64') }],
  };
}

/** Whether `envelope` bears a signature of `key`. */
export function isSignedBy({ payloadType, payload, signatures }: SignedEnvelope, key: KeyObject): boolean {
  const signed = preAuthEncoding(payloadType, Buffer.from(payload, 'base64'));
  const keyid = keyIdOf(key);
  return signatures.some((one) => one.keyid === keyid && verify(null, signed, key, Buffer.from(one.sig, 'base64')));
}

/** SHA-256 of a public key as SubjectPublicKeyInfo in DER, hex: what in-toto and its kin call a key's id. */
export function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

export function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
