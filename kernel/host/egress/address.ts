// Which addresses are on the public internet, which are somebody's own network, and which are neither. What is not
// listed as public is not: of IPv6 only what has been given out for use, and IPv4 addresses wrapped in IPv6 count as
// what they wrap.
import { BlockList, isIP } from 'node:net';

/** private: loopback, private, link-local and shared; none: multicast, unspecified, reserved, or no address at all. */
export type Reach = 'public' | 'private' | 'none';

type Subnet = readonly [net: string, bits: number];

const privateIpv4: readonly Subnet[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // shared, behind a carrier's translation
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, cloud metadata among it
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];
const unusableIpv4: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation, as the next two of /24
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['192.88.99.0', 24], // 6to4 relays, given up
  ['198.18.0.0', 15], // benchmarks
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast among it
];
const privateIpv6: readonly Subnet[] = [
  ['::1', 128],
  ['fc00::', 7], // unique local
  ['fe80::', 10], // link-local
];
const unusableIpv6: readonly Subnet[] = [
  ['2001::', 23], // protocol assignments, Teredo among it
  ['2001:db8::', 32], // documentation
  ['3fff::', 20], // documentation
];
/** What has been given out for use, and the prefixes that wrap IPv4 addresses. */
const usableIpv6: readonly Subnet[] = [
  ['2000::', 3],
  ['64:ff9b::', 96],
  ['::ffff:0:0', 96],
];

const privates = listOf(privateIpv4, privateIpv6);
const unusables = listOf(unusableIpv4, unusableIpv6);
const usables = listOf([], usableIpv6);

/** Where the address in `text`, as a resolver gives it, leads to. */
export function reachOf(text: string): Reach {
  const version = isIP(text);
  if (version === 0) return 'none';
  // A zone, as in fe80::1%eth0, says on which link; only link-local addresses have one.
  const address = text.replace(/%.*$/, '');
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (unusables.check(address, family)) return 'none';
  if (privates.check(address, family)) return 'private';
  return version === 4 || usables.check(address, family) ? 'public' : 'none';
}

function listOf(ipv4: readonly Subnet[], ipv6: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [net, bits] of ipv6) list.addSubnet(net, bits, 'ipv6');
  for (const [net, bits] of ipv4) {
    list.addSubnet(net, bits, 'ipv4');
    list.addSubnet(`::ffff:${net}`, 96 + bits, 'ipv6');
    list.addSubnet(`64:ff9b::${net}`, 96 + bits, 'ipv6');
    list.addSubnet(sixToFour(net), 16 + bits, 'ipv6');
  }
  return list;
}

/** 2002:aabb:ccdd:: for the four bytes of an IPv4 address. */
function sixToFour(net: string): string {
  const hex = Buffer.from(net.split('.').map(Number)).toString('hex');
  return `2002:${hex.slice(0, 4)}:${hex.slice(4)}::`;
}
