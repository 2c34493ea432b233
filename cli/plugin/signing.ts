// Where the key comes from that certificates are signed with: a file that is named, $ARBITER_CERTIFY_KEY for a CI that keeps
// it as a secret, or the one in trust/ of the home.
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { onlySecretKey, readSecretKey } from '../../conformance/certify/signing-key.ts';
import { fault } from '../../contracts/errors.ts';
import type { Home } from '../../kernel/home.ts';

const variable = 'ARBITER_CERTIFY_KEY';

/** Throws KEY_UNUSABLE. */
export function signingKey(home: Home, file: string | undefined): KeyObject {
  if (file !== undefined) {
    if (!existsSync(file)) throw fault('KEY_UNUSABLE', { from: file, detail: 'there is no such file' });
    return readSecretKey(readFileSync(file, 'utf8'), file);
  }
  const pem = process.env[variable];
  if (pem) return readSecretKey(pem, `$${variable}`);
  return onlySecretKey(home.trust);
}
