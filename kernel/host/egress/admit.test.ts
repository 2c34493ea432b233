import assert from 'node:assert/strict';
import type { HostGrant } from '../../../contracts/generated/plugin.v1.ts';
import { type Address, admit, pinned, type Resolve } from './admit.ts';

const grant = { host: 'api.example.test', port: 443, access: 'read' } as const;
const publicAddress: Address = { address: '1.1.1.1', family: 4 };
const loopback: Address = { address: '127.0.0.1', family: 4 };

function ask(host: string, port: number, rules: { grants?: HostGrant[]; private?: string[]; resolve?: Resolve } = {}) {
  const { grants = [grant], resolve = async () => [publicAddress] } = rules;
  return admit({ host, port }, { grants, privateHosts: rules.private ?? [], resolve });
}

describe('admission', () => {
  it('is for a granted host and port, with TLS on 443 unless the grant says otherwise', async () => {
    const admitted = { host: grant.host, port: 443, tls: true, private: false, addresses: [publicAddress] };
    assert.deepEqual(await ask(grant.host, 443), admitted);
    assert.equal((await ask(grant.host, 443, { grants: [{ ...grant, tls: false }] })).tls, false);
    assert.equal((await ask(grant.host, 80, { grants: [{ ...grant, port: 80 }] })).tls, false);
    assert.equal((await ask(grant.host, 443, { grants: [{ ...grant, host: 'API.example.test.' }] })).port, 443);
  });

  it('is for nothing that merely resembles it', async () => {
    const others = ['api.example.test.evil.test', 'evil-api.example.test', 'example.test', 'x.api.example.test'];
    for (const host of [...others, 'api.example.test.', '127.0.0.1', '2130706433', '0x7f000001', '0177.0.0.1', '::1'])
      await assert.rejects(ask(host, 443), { verdict: 'not granted', status: 403 }, host);
    await assert.rejects(ask(grant.host, 80), {
      verdict: 'not granted',
      message:
        'api.example.test:80 is not granted; granted are exactly: api.example.test:443. Ask for one of them with its port in the URL, or add the host to grants.hosts in plugin.spec.json.',
    });
  });

  it('is refused for hosts that are granted for effects, whatever else is granted', async () => {
    const grants: HostGrant[] = [grant, { ...grant, access: 'effect' }];
    await assert.rejects(ask(grant.host, 443, { grants }), { verdict: 'closed during work', status: 403 });
  });

  it('is refused where a single address is not public', async () => {
    const resolve = async () => [publicAddress, loopback];
    await assert.rejects(ask(grant.host, 443, { resolve }), {
      ...{ verdict: 'address not allowed', status: 403 },
      message:
        'api.example.test has the address 127.0.0.1, which is not a public one. If it is meant to be reached, the operator lists "api.example.test:443" under network.privateHosts in arbiter.yaml.',
    });
  });

  it('to private addresses is for hosts and ports that are listed, and to no host for what is no address', async () => {
    const resolve = async () => [loopback];
    assert.equal((await ask(grant.host, 443, { resolve, private: ['API.example.test:443'] })).private, true);
    const refused = { verdict: 'address not allowed' };
    await assert.rejects(ask(grant.host, 443, { resolve, private: ['api.example.test:80'] }), refused);
    const unspecified = async () => [{ address: '0.0.0.0', family: 4 }];
    await assert.rejects(ask(grant.host, 443, { resolve: unspecified, private: ['api.example.test:443'] }), refused);
  });

  it('of an address needs that very address to be granted, and allowed', async () => {
    const grants: HostGrant[] = [
      { ...grant, host: '1.1.1.1' },
      { ...grant, host: '10.0.0.1' },
    ];
    const resolve = () => assert.fail('an address was resolved');
    assert.deepEqual((await ask('1.1.1.1', 443, { grants, resolve })).addresses, [publicAddress]);
    await assert.rejects(ask('10.0.0.1', 443, { grants, resolve }), { verdict: 'address not allowed' });
    const decimal = { grants: [{ ...grant, host: '2130706433' }], resolve: async () => [loopback] };
    await assert.rejects(ask('2130706433', 443, decimal), { verdict: 'address not allowed' });
  });

  it('resolves once, and what is reached is what was checked', async () => {
    const answers = [[publicAddress], [loopback]];
    const { addresses } = await ask(grant.host, 443, { resolve: async () => answers.shift() ?? [] });

    assert.deepEqual(answers, [[loopback]]);
    pinned(addresses)(grant.host, { all: true }, (_, found) => assert.deepEqual(found, [publicAddress]));
    pinned(addresses)(grant.host, {}, (_, found) => assert.equal(found, '1.1.1.1'));
  });

  it('says so where the name has no address', async () => {
    const refused = {
      ...{ verdict: 'not resolved', status: 502 },
      message: 'The name api.example.test has no address. Check its spelling, or try again later.',
    };
    await assert.rejects(ask(grant.host, 443, { resolve: async () => [] }), refused);
    await assert.rejects(ask(grant.host, 443, { resolve: () => Promise.reject(new Error('ENOTFOUND')) }), refused);
  });
});
