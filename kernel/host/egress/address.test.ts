import assert from 'node:assert/strict';
import { type Reach, reachOf } from './address.ts';

function reach(expected: Reach, addresses: readonly string[]): void {
  for (const address of addresses) assert.equal(reachOf(address), expected, address);
}

describe('an address', () => {
  it('is public where it has been given out for use', () => {
    reach('public', ['1.1.1.1', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '223.255.255.255']);
    reach('public', ['100.63.255.255', '100.128.0.0', '2606:4700::1111', '2001:4860:4860::8888', '3ffe::1']);
  });

  it('is private on loopback, in private and shared networks and on a link, cloud metadata included', () => {
    reach('private', ['127.0.0.1', '127.255.255.255', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1']);
    reach('private', ['169.254.169.254', '100.64.0.1', '100.127.255.255']);
    reach('private', ['::1', 'fc00::1', 'fdff::1', 'fe80::1', 'febf::1', 'fe80::1%eth0']);
  });

  it('is none of both where it is multicast, unspecified, reserved or not an address', () => {
    reach('none', ['0.0.0.0', '0.1.2.3', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255']);
    reach('none', ['192.0.0.1', '192.0.2.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1']);
    reach('none', ['::', 'ff02::1', 'fec0::1', '2001:db8::1', '2001::1', '3fff::1', '4000::1', '100::1', '5f00::1']);
    reach('none', ['', '1', '2130706433', '0x7f000001', '127.1', 'localhost']);
  });

  it('wrapped in IPv6 counts as what it wraps', () => {
    reach('private', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:169.254.169.254']);
    reach('private', ['64:ff9b::10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::1', '2002:c0a8:101::', '2002:a9fe:a9fe::']);
    reach('none', ['::ffff:0.0.0.0', '64:ff9b::224.0.0.1', '2002:e000:1::', '2002::1']);
    reach('public', ['::ffff:1.1.1.1', '64:ff9b::1.1.1.1', '2002:101:101::1']);
  });

  it('in a prefix for translation within one network, or of an outdated form, is not public', () => {
    reach('none', ['64:ff9b:1::1.1.1.1', '::1.1.1.1', '::127.0.0.1', '::ffff:0:1.1.1.1']);
  });
});
