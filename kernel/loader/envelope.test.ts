import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { isSignedBy, keyIdOf, preAuthEncoding, seal } from './envelope.ts';

describe('a signed envelope', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const payload = Buffer.from('{"level":"L4"}');

  it('signs what the standard says: the example of its specification', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));

    assert.equal(encoded.toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('counts lengths in bytes, not in letters', () => {
    assert.equal(preAuthEncoding('ü', Buffer.from('é')).toString(), 'DSSEv1 2 ü 2 é');
  });

  it('is signed by its own key and by no other', () => {
    const envelope = seal('text/plain', payload, privateKey);

    assert.equal(envelope.signatures[0]?.keyid, keyIdOf(publicKey));
    assert.equal(isSignedBy(envelope, publicKey), true);
    assert.equal(isSignedBy(envelope, generateKeyPairSync('ed25519').publicKey), false);
  });

  it('is not signed any more when a byte of payload, type or signature is another', () => {
    const envelope = seal('text/plain', payload, privateKey);
    const [signature] = envelope.signatures;
    const others = [
      { ...envelope, payload: Buffer.from('{"level":"L5"}').toString('base64') },
      { ...envelope, payloadType: 'text/html' },
      { ...envelope, signatures: [{ ...signature!, sig: Buffer.alloc(64).toString('base64') }] },
      { ...envelope, signatures: [{ ...signature!, sig: '' }] },
    ];

    for (const other of others) assert.equal(isSignedBy(other as typeof envelope, publicKey), false);
  });
});
