import assert from 'node:assert/strict';
import { type Place, targetOf } from './target.ts';

const ask = (url: string, host: string, method = 'GET', tunnel?: Place) =>
  targetOf({ httpVersion: '1.1', method, url, rawHeaders: ['Accept', '*/*', 'hOst', host] }, tunnel);
const refused = { name: 'Refusal', verdict: 'not a proxy request', status: 400 };

describe('a target', () => {
  it('is host, port and path of an absolute URL, the port being 80 unless it says otherwise', () => {
    const host = 'api.example.test';
    assert.deepEqual(ask('http://api.example.test/v1?q=1', host), { host, port: 80, path: '/v1?q=1' });
    assert.deepEqual(ask('http://api.example.test:443', `${host}:443`), { host, port: 443, path: '/' });
    assert.deepEqual(ask('http://api.example.test?q', `${host}:80`), { host, port: 80, path: '/?q' });
    assert.deepEqual(ask('HTTP://[::1]:8080/', '[::1]:8080'), { host: '::1', port: 8080, path: '/' });
  });

  it('has its host in lower case and without one trailing dot', () => {
    assert.equal(ask('http://API.Example.TEST./', 'api.example.test').host, 'api.example.test');
    assert.equal(ask('http://api.example.test../', 'api.example.test..').host, 'api.example.test.');
  });

  it('may have @ and // in its path', () => {
    assert.equal(ask('http://a.test/@b.test', 'a.test').host, 'a.test');
    assert.equal(ask('http://a.test//b.test:1/', 'a.test').path, '//b.test:1/');
  });

  it('of CONNECT is host:port and nothing else', () => {
    assert.deepEqual(ask('a.test:443', 'a.test:443', 'CONNECT'), { host: 'a.test', port: 443, path: '' });
    for (const url of [
      'a.test',
      'a.test:',
      ':443',
      'a.test:443/',
      'user@a.test:443',
      'http://a.test:443',
      'a.test:0443',
    ])
      assert.throws(() => ask(url, 'a.test', 'CONNECT'), refused, url);
  });

  it('of CONNECT is taken from clients that leave Host or its port out', () => {
    assert.equal(ask('a.test:443', 'a.test', 'CONNECT').port, 443);
    assert.equal(
      targetOf({ httpVersion: '1.1', method: 'CONNECT', url: 'a.test:443', rawHeaders: [] }, undefined).port,
      443,
    );
  });

  const strange: Record<string, string> = {
    'a path alone': '/v1',
    'another scheme': 'https://a.test/',
    'a user': 'http://user@a.test/',
    'a user and a password': 'http://a.test:80@b.test/',
    'a fragment': 'http://a.test/#x',
    'a backslash before another host': 'http://a.test\\@b.test/',
    'a percent sign in the host': 'http://a%2etest/',
    'a host that is not ASCII': 'http://\u00e4.test/',
    'a space': 'http://a.test/ b',
    'a line end': 'http://a.test/\r\nX: y',
    'an empty host': 'http:///v1',
    'an empty port': 'http://a.test:/',
    'a port with a leading zero': 'http://a.test:080/',
    'a port that is too large': 'http://a.test:65616/',
    'port 0': 'http://a.test:0/',
    'a zone': 'http://[fe80::1%25eth0]/',
  };
  for (const [what, url] of Object.entries(strange))
    it(`is not read from a URL with ${what}`, () => {
      assert.throws(() => ask(url, 'a.test'), refused);
    });

  it('and the header Host have to agree, said once', () => {
    const message = 'The header Host has to say a.test:80 once, as the target does; it says "b.test".';
    assert.throws(() => ask('http://a.test/', 'b.test'), { ...refused, message });
    for (const host of ['', 'a.test:443', 'a.test, a.test', 'user@a.test', 'a.test.b.test'])
      assert.throws(() => ask('http://a.test/', host), refused, host);
    const twice = ['Host', 'a.test', 'host', 'a.test'];
    assert.throws(
      () => targetOf({ httpVersion: '1.1', method: 'GET', url: 'http://a.test/', rawHeaders: twice }, undefined),
      refused,
    );
    assert.throws(
      () => targetOf({ httpVersion: '1.1', method: 'GET', url: 'http://a.test/', rawHeaders: [] }, undefined),
      refused,
    );
  });

  it('inside a tunnel is a path, and Host agrees with the tunnel', () => {
    const tunnel = { host: 'a.test', port: 443 };
    assert.deepEqual(ask('/v1', 'a.test:443', 'GET', tunnel), { ...tunnel, path: '/v1' });
    assert.throws(() => ask('/v1', 'b.test:443', 'GET', tunnel), refused);
    assert.throws(() => ask('http://a.test:443/v1', 'a.test:443', 'GET', tunnel), refused);
  });
});
