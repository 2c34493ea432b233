// What a plugin's certificate.json is worth: whether somebody who is trusted says, of exactly these bytes, that they reached
// a conformance level. A certificate that does not count never gets a plugin refused: tables ask for a level, or do not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Contracts, check } from '../../contracts/check.ts';
import type { Certificate, ConformanceLevel } from '../../contracts/generated/certificate.v1.ts';
import type { SignedEnvelope } from '../../contracts/generated/envelope.v1.ts';
import type { CertificateRecord } from '../../contracts/generated/ledger.v1.ts';
import { digestOf } from '../../ledger/digest.ts';
import { isSignedBy } from './envelope.ts';
import { readRegularFile } from './read-regular-file.ts';
import type { Trust } from './trust.ts';

export const certificateFile = 'certificate.json';
export const statementType = 'application/vnd.in-toto+json';

/** What the certificate is about. */
interface Bearer {
  readonly id: string;
  readonly version: string;
  /** `sha256:<hex>` of manifest.json. */
  readonly digest: string;
}

export type Certification =
  | { readonly state: 'none' }
  /** `because` completes a sentence that begins with the certificate. */
  | { readonly state: 'void'; readonly because: string }
  | { readonly state: 'signed'; readonly record: CertificateRecord; readonly certificate: Certificate };

/** Never throws for what the file holds; whether it has expired is asked when it is used. */
export function checkCertificate(folder: string, bearer: Bearer, trust: Trust): Certification {
  if (!existsSync(join(folder, certificateFile))) return { state: 'none' };
  const no = (because: string): Certification => ({ state: 'void', because });
  const bytes = bytesOf(folder);
  if (!bytes) return no('cannot be read');
  const envelope = parsed('envelope.v1', bytes);
  if (!envelope) return no('is no signed envelope');
  const signer = trust.find(({ key }) => isSignedBy(envelope, key));
  if (!signer) return no(unknownSigner(envelope, trust));
  const certificate = parsed('certificate.v1', Buffer.from(envelope.payload, 'base64'));
  if (envelope.payloadType !== statementType || !certificate)
    return no('says something other than a conformance level');
  const [{ name, digest }] = certificate.subject;
  const { level, plugin, issuedAt, expiresAt } = certificate.predicate;
  if (`sha256:${digest.sha256}` !== bearer.digest) return no(`is for other bytes, those of ${name}`);
  if (plugin.id !== bearer.id || plugin.version !== bearer.version) return no(`is for ${plugin.id} ${plugin.version}`);
  const record = { level, key: signer.name, digest: digestOf(bytes), issuedAt, expiresAt };
  return { state: 'signed', record, certificate };
}

/** The level that counts at `moment`, RFC 3339, and why it does not where there is none. */
export function levelAt(
  certification: Certification,
  moment: string,
): { readonly level: ConformanceLevel; readonly record: CertificateRecord } | { readonly because: string } {
  if (certification.state === 'none') return { because: 'it has no certificate' };
  if (certification.state === 'void') return { because: `its certificate ${certification.because}` };
  const { record } = certification;
  const at = Date.parse(moment);
  if (at >= Date.parse(record.expiresAt)) return { because: `its certificate expired at ${record.expiresAt}` };
  if (at < Date.parse(record.issuedAt)) return { because: `its certificate begins at ${record.issuedAt}` };
  return { level: record.level, record };
}

function bytesOf(folder: string): Buffer | null {
  try {
    return readRegularFile(folder, certificateFile);
  } catch {
    return null;
  }
}

function parsed<Name extends 'envelope.v1' | 'certificate.v1'>(name: Name, bytes: Buffer): Contracts[Name] | null {
  try {
    const checked = check(name, JSON.parse(bytes.toString('utf8')));
    return checked.ok ? (checked.value as Contracts[Name]) : null;
  } catch {
    return null;
  }
}

/** A signature that bears the id of a trusted key and is not its own is worse than one of somebody unknown. */
function unknownSigner({ signatures }: SignedEnvelope, trust: Trust): string {
  const forged = trust.find(({ id }) => signatures.some(({ keyid }) => keyid === id));
  if (forged) return `is forged: ${forged.name} did not sign it`;
  return `is signed by a key that trust/ does not have: ${signatures.map(({ keyid }) => keyid.slice(0, 16)).join(', ')}`;
}
