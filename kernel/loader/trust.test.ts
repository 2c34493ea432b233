import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrust } from './trust.ts';

describe('the keys that are trusted', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trust-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('are the public keys of the folder, named for their files', () => {
    for (const name of ['grace', 'ada']) {
      const { publicKey } = generateKeyPairSync('ed25519');
      writeFileSync(join(folder, `${name}.pub.pem`), publicKey.export({ type: 'spki', format: 'pem' }));
    }
    writeFileSync(join(folder, 'ada.key.pem'), 'no public key');

    assert.deepEqual(
      readTrust(folder).map(({ name }) => name),
      ['ada', 'grace'],
    );
  });

  it('are none where there is no folder', () => {
    assert.deepEqual(readTrust(join(folder, 'nowhere')), []);
  });

  it('are refused where one of them is something else', () => {
    const path = join(folder, 'ada.pub.pem');
    const refused = (text: string | Buffer, detail: string) => {
      writeFileSync(path, text);
      assert.throws(() => readTrust(folder), {
        code: 'TRUST_INVALID',
        message: `The key ${path} cannot be used: ${detail}.`,
      });
    };

    refused('hello', 'it is no public key as PEM');
    refused(
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'it holds a private key',
    );
    refused(
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }),
      'it is a key for ec',
    );
  });
});
