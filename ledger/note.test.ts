import assert from 'node:assert/strict';
import { newSecret, signerOf } from './note.ts';
import { isSigned, readCheckpoint, readVerifierKey, type VerifierKey } from './verify-note.ts';

const text = `arbiter.ledger/x\n7\n${Buffer.alloc(32, 7).toString('base64')}\n`;
const signer = signerOf(newSecret('arbiter.ledger/x'));
const key = readVerifierKey(signer.verifierKey) as VerifierKey;

describe('A signed note', () => {
  it('is signed by the key that signed it, and by no other', () => {
    const other = readVerifierKey(signerOf(newSecret('arbiter.ledger/x')).verifierKey) as VerifierKey;

    assert.equal(isSigned(signer.sign(text), key), true);
    assert.equal(isSigned(signer.sign(text), other), false);
    assert.equal(isSigned(`${text}\n`, key), false);
  });

  it('is not signed once one character of it is another', () => {
    const note = signer.sign(text);

    for (let at = 0; at < note.length - 1; at++) {
      const changed = `${note.slice(0, at)}${note[at] === 'A' ? 'B' : 'A'}${note.slice(at + 1)}`;
      // The last two bits of the last base64 digit stand for nothing.
      if (Buffer.from(changed.slice(-101)).equals(Buffer.from(note.slice(-101))))
        assert.equal(isSigned(changed, key), false, changed);
    }
  });

  it('may bear signatures of others besides', () => {
    const witness = signerOf(newSecret('witness.example'));
    const [, line] = witness.sign(text).split('\n\n');

    assert.equal(isSigned(`${signer.sign(text)}${line}`, key), true);
  });

  it('is read as other programs write it', () => {
    // The example of golang.org/x/mod/sumdb/note.
    const peter = readVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW') as VerifierKey;
    const note =
      'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
        '’',
        "'",
      ) +
      '\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

    assert.equal(isSigned(note, peter), true);
    assert.equal(isSigned(note.replace('problem', 'puzzle'), peter), false);
  });

  it('says as a checkpoint whose log it is, how long, with which root', () => {
    assert.deepEqual(readCheckpoint(signer.sign(text)), {
      origin: 'arbiter.ledger/x',
      size: 7,
      root: Buffer.alloc(32, 7),
    });
  });

  for (const wrong of [
    text,
    'a\n-1\nb\n',
    text.replace('\n7\n', '\n07\n'),
    text.replace('\n7\n', '\n9007199254740993\n'),
    '',
  ])
    it(`is no checkpoint where it says ${JSON.stringify(wrong.slice(0, 30))}`, () => {
      assert.equal(readCheckpoint(wrong === text ? text : signer.sign(wrong)), null);
    });
});

describe('A key', () => {
  for (const wrong of ['', 'x', 'PRIVATE+KEY+a+00000000+AQ==', newSecret('a').replace('+a+', '+b+'), newSecret('a b')])
    it(`for signing is not ${JSON.stringify(wrong.slice(0, 24))}`, () => {
      assert.throws(() => signerOf(wrong), Error);
    });

  it('for verifying bears its own id', () => {
    assert.equal(readVerifierKey(signer.verifierKey.replace('/x+', '/y+')), null);
    assert.equal(readVerifierKey('x+00000000+AA=='), null);
  });
});
