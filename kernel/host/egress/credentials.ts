// Headers with secrets that the kernel adds to a plugin's plain requests, so that the plugin never holds them. Secrets
// are in no message and in no record; only names are. They go over TLS, or to a host that is listed as private.
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Credential, NetworkSettings } from '../../../contracts/generated/settings.v1.ts';
import type { Admitted } from './admit.ts';
import { Refusal } from './refusal.ts';
import { normalHost } from './target.ts';

export interface AddedHeader {
  /** How entries call the credential. */
  readonly credential: string;
  /** Lower case. */
  readonly header: string;
  readonly value: string;
}

/** Gives the headers to add to a request to a host; throws a `Refusal` (502) where one cannot be made. */
export type Credentials = (admitted: Admitted) => readonly AddedHeader[];

/** The credentials of `plugin`. The environment is read now, not later. */
export function credentialsOf(
  plugin: string,
  network: NetworkSettings | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Credentials {
  const own = (network?.credentials ?? [])
    .filter(({ plugins }) => plugins.includes(plugin))
    .map((credential) => ({ credential, host: normalHost(credential.host), secret: env[credential.env] }));
  return (admitted) =>
    own
      .filter(({ host }) => host === admitted.host)
      .map(({ credential, secret }) => {
        if (!admitted.tls && !admitted.private) throw refused(credential, inTheClear(admitted));
        if (!secret) throw refused(credential, `its environment variable ${credential.env} is not set in the kernel`);
        const value = `${credential.prefix ?? ''}${secret}`;
        if (!fits(credential.header, value))
          throw refused(credential, `header or variable ${credential.env} holds characters that no header may have`);
        return { credential: credential.name, header: credential.header.toLowerCase(), value };
      });
}

function inTheClear({ host, port }: Admitted): string {
  return `${host}:${port} is asked without TLS, and secrets are not sent in the clear over the internet`;
}

function fits(header: string, value: string): boolean {
  try {
    validateHeaderName(header);
    validateHeaderValue(header, value);
    return true;
  } catch {
    return false;
  }
}

function refused({ name }: Credential, reason: string): Refusal {
  return new Refusal(
    'unreachable',
    502,
    `The credential ${name} cannot be added: ${reason}. The operator corrects this where network.credentials in arbiter.yaml names it.`,
  );
}
