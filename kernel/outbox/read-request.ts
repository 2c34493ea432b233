// A request that a plugin hands to the kernel, read strictly: what is recorded, looked at by gates and people, and sent
// is one and the same.
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { compileSchema, contractSchema, type Misfit } from '../../contracts/check.ts';
import type { RequestEffect } from '../../contracts/generated/ledger.v1.ts';
import type { HostGrant } from '../../contracts/generated/plugin.v1.ts';
import type { SendParams } from '../../contracts/generated/protocol.v1.ts';
import { digestOf } from '../../ledger/digest.ts';
import { normalHost } from '../host/egress/target.ts';
import { phrase } from '../validator/phrase.ts';

/** A request and the bytes that it carries. */
export interface HeldRequest {
  readonly effect: RequestEffect;
  readonly content: Buffer | null;
}

/** What frames a request, what belongs to one connection, and what the kernel adds itself. */
const ownHeaders = [
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade', 'expect'],
  ...['idempotency-key', 'user-agent'],
];
const secretHeaders = ['authorization', 'proxy-authorization', 'cookie'];

/** Reads the parameters of `send`. Throws a sentence for the plugin's author. */
export function readRequest(params: Record<string, unknown>, grants: readonly HostGrant[]): HeldRequest {
  const misfits = fits(params);
  if (misfits.length > 0) throw new Error(`This is no request to send: ${phrase(misfits).detail}.`);
  const { url, method, headers = {}, body } = params as unknown as SendParams;
  const content = body === undefined ? null : Buffer.from(body, 'utf8');
  return {
    effect: {
      ...{ method, ...placeOf(url, grants), headers: readHeaders(headers as Record<string, string>) },
      body: content && { size: content.length, digest: digestOf(content) },
    },
    content,
  };
}

function placeOf(url: string, grants: readonly HostGrant[]): Pick<RequestEffect, 'host' | 'port' | 'tls' | 'path'> {
  const { protocol, hostname, port: given, username, password, hash, pathname, search } = parsed(url);
  const tls = protocol === 'https:';
  if (!tls && protocol !== 'http:') throw new Error(`${url} is neither http:// nor https://.`);
  if (username || password || hash) throw new Error(`${url} has a user, a password or a fragment; leave them out.`);
  const [host, port] = [normalHost(hostname), Number(given || (tls ? 443 : 80))];
  const grant = grants.find(
    (one) => one.access === 'effect' && normalHost(one.host) === host && one.port === port && speaksTls(one) === tls,
  );
  if (!grant) {
    const granted = grants.filter(({ access }) => access === 'effect').map(baseOf);
    throw new Error(
      `${tls ? 'https' : 'http'}://${host}:${port} is not granted for effects; granted are: ${granted.join(', ') || 'none'}. Add it to grants.hosts in plugin.spec.json with access effect.`,
    );
  }
  return { host, port, tls, path: `${pathname}${search}` };
}

function parsed(url: string): URL {
  if (!URL.canParse(url)) throw new Error(`${JSON.stringify(url)} is not a URL.`);
  return new URL(url);
}

function speaksTls({ port, tls = port === 443 }: HostGrant): boolean {
  return tls;
}

function baseOf(grant: HostGrant): string {
  return `${speaksTls(grant) ? 'https' : 'http'}://${normalHost(grant.host)}:${grant.port}`;
}

function readHeaders(headers: Record<string, string>): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (ownHeaders.includes(name)) throw new Error(`The header ${name} is the kernel's own; leave it out.`);
    if (secretHeaders.includes(name))
      throw new Error(
        `The header ${name} would be kept in the ledger; the operator adds credentials under network.credentials.`,
      );
    if (name in read) throw new Error(`The header ${name} is there twice.`);
    validateHeaderName(name);
    validateHeaderValue(name, value);
    read[name] = value;
  }
  return read;
}

let compiled: ((value: unknown) => Misfit[]) | undefined;

function fits(params: Record<string, unknown>): Misfit[] {
  const { $defs } = contractSchema('protocol.v1');
  compiled ??= compileSchema({ $defs, $ref: '#/$defs/sendParams' } as object);
  return compiled(params);
}
