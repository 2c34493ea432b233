import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contractSchema } from '../../contracts/check.ts';
import type { Certificate } from '../../contracts/generated/certificate.v1.ts';
import { digestOf } from '../../ledger/digest.ts';
import { certificateFile, checkCertificate, levelAt, statementType } from './check-certificate.ts';
import { keyIdOf, seal } from './envelope.ts';
import type { Trust } from './trust.ts';

const bearer = { id: 'word-count', version: '1.0.0', digest: digestOf('its bytes') };
const [issued, during, expired] = ['2026-01-01T00:00:00.000Z', '2026-06-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'];

function statement(change: (certificate: Certificate) => void = () => undefined): Certificate {
  const [example] = contractSchema('certificate.v1').examples as [Certificate];
  const certificate = structuredClone(example);
  certificate.subject[0].digest.sha256 = bearer.digest.slice('sha256:'.length);
  change(certificate);
  return certificate;
}

describe('a certificate', () => {
  const ada = generateKeyPairSync('ed25519');
  const trust: Trust = [{ name: 'ada', id: keyIdOf(ada.publicKey), key: ada.publicKey }];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'check-certificate-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function write(what: unknown, key: KeyObject = ada.privateKey, type = statementType): void {
    const envelope = seal(type, Buffer.from(JSON.stringify(what)), key);
    writeFileSync(join(folder, certificateFile), JSON.stringify(envelope));
  }

  const why = () => {
    const certified = levelAt(checkCertificate(folder, bearer, trust), during);
    assert.ok('because' in certified, JSON.stringify(certified));
    return certified.because;
  };

  it('that somebody trusted signed counts, from when it was issued until it expires', () => {
    write(statement());

    const certification = checkCertificate(folder, bearer, trust);

    const record = {
      ...{ level: 'L4', key: 'ada', issuedAt: issued, expiresAt: expired },
      digest: digestOf(readFileSync(join(folder, certificateFile))),
    };
    assert.deepEqual(levelAt(certification, during), { level: 'L4', record });
    assert.deepEqual(levelAt(certification, issued), { level: 'L4', record });
    assert.deepEqual(levelAt(certification, expired), { because: `its certificate expired at ${expired}` });
    assert.deepEqual(levelAt(certification, '2025-12-31T23:59:59.999Z'), {
      because: `its certificate begins at ${issued}`,
    });
  });

  it('may be missing', () => {
    assert.equal(why(), 'it has no certificate');
  });

  it('of a key that nobody trusts does not count', () => {
    const stranger = generateKeyPairSync('ed25519');
    write(statement(), stranger.privateKey);

    assert.equal(
      why(),
      `its certificate is signed by a key that trust/ does not have: ${keyIdOf(stranger.publicKey).slice(0, 16)}`,
    );
  });

  it('that bears a trusted name and not its signature is forged', () => {
    write(statement());
    const path = join(folder, certificateFile);
    const envelope = JSON.parse(readFileSync(path, 'utf8'));
    const raised = statement(({ predicate }) => {
      predicate.level = 'L5';
    });
    envelope.payload = Buffer.from(JSON.stringify(raised)).toString('base64');
    writeFileSync(path, JSON.stringify(envelope));

    assert.equal(why(), 'its certificate is forged: ada did not sign it');
  });

  it('is for exactly the bytes, the plugin and the version that it names', () => {
    write(
      statement(({ subject }) => {
        subject[0].digest.sha256 = '1'.repeat(64);
      }),
    );
    assert.equal(why(), 'its certificate is for other bytes, those of word-count@1.0.0');

    write(
      statement(({ predicate }) => {
        predicate.plugin.version = '2.0.0';
      }),
    );
    assert.equal(why(), 'its certificate is for word-count 2.0.0');
  });

  it('that is something else does not count, and never throws', () => {
    const path = join(folder, certificateFile);
    for (const text of ['', '{', '[]', '{"payload":"e30="}', 'null']) {
      writeFileSync(path, text);
      assert.equal(why(), 'its certificate is no signed envelope');
    }
    for (const [what, type] of [
      [{ level: 'L9' }, statementType],
      [statement(), 'text/plain'],
    ] as const) {
      write(what, ada.privateKey, type);
      assert.equal(why(), 'its certificate says something other than a conformance level');
    }
    rmSync(path);
    mkdirSync(path);
    assert.equal(why(), 'its certificate cannot be read');
  });
});
