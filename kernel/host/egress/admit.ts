// Whether a target may be reached, and at which addresses. The name is resolved once, here; every address it has must
// be allowed, and the connection is made to these addresses and no other, so that a name cannot change in between.
import { isIP, type LookupFunction } from 'node:net';
import type { HostGrant } from '../../../contracts/generated/plugin.v1.ts';
import { type Reach, reachOf } from './address.ts';
import { Refusal } from './refusal.ts';
import { normalHost, type Place } from './target.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

export interface Rules {
  readonly grants: readonly HostGrant[];
  /** `host:port` pairs whose addresses may be private. */
  readonly privateHosts: readonly string[];
  readonly resolve: Resolve;
}

/** A target that may be reached. */
export interface Admitted extends Place {
  readonly tls: boolean;
  /** Whether its addresses may be private. */
  readonly private: boolean;
  readonly addresses: readonly Address[];
}

/** Checks grant and addresses; throws a `Refusal`. */
export async function admit({ host, port }: Place, rules: Rules): Promise<Admitted> {
  const { tls = port === 443 } = grantFor({ host, port }, rules.grants);
  const mayBePrivate = rules.privateHosts.some((pair) => normalPair(pair) === `${host}:${port}`);
  const addresses = await addressesOf(host, rules.resolve);
  const allowed: readonly Reach[] = mayBePrivate ? ['public', 'private'] : ['public'];
  const wrong = addresses.find(({ address }) => !allowed.includes(reachOf(address)));
  if (!wrong) return { host, port, tls, private: mayBePrivate, addresses };
  const remedy = mayBePrivate
    ? 'No host may be at such an address.'
    : `If it is meant to be reached, the operator lists "${host}:${port}" under network.privateHosts in arbiter.yaml.`;
  throw new Refusal(
    'address not allowed',
    403,
    `${host} has the address ${wrong.address}, which is not a public one. ${remedy}`,
  );
}

/** A lookup for `net.connect` that gives the admitted addresses, whatever the name resolves to by now. */
export function pinned(addresses: readonly Address[]): LookupFunction {
  return (_, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family ?? 4);
  };
}

function grantFor({ host, port }: Place, grants: readonly HostGrant[]): HostGrant {
  const matching = grants.filter((grant) => normalHost(grant.host) === host && grant.port === port);
  const effect = matching.find(({ access }) => access === 'effect');
  if (effect)
    throw new Refusal(
      'closed during work',
      403,
      `${host}:${port} is granted for effects and closed while the plugin works. Hand the request to the kernel as an effect; it is sent after the gates.`,
    );
  if (matching[0]) return matching[0];
  const granted = grants.map((grant) => `${normalHost(grant.host)}:${grant.port}`);
  throw new Refusal(
    'not granted',
    403,
    granted.length === 0
      ? `${host}:${port} is not granted, and no other host is. Add it to grants.hosts in plugin.spec.json.`
      : `${host}:${port} is not granted; granted are exactly: ${granted.join(', ')}. Ask for one of them with its port in the URL, or add the host to grants.hosts in plugin.spec.json.`,
  );
}

async function addressesOf(host: string, resolve: Resolve): Promise<readonly Address[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  try {
    const addresses = await resolve(host);
    if (addresses.length > 0) return addresses;
  } catch {
    // Said below, in the same words.
  }
  throw new Refusal('not resolved', 502, `The name ${host} has no address. Check its spelling, or try again later.`);
}

function normalPair(pair: string): string {
  const colon = pair.lastIndexOf(':');
  return `${normalHost(pair.slice(0, colon))}:${Number(pair.slice(colon + 1))}`;
}
