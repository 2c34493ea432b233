import assert from 'node:assert/strict';
import type { Credential } from '../../../contracts/generated/settings.v1.ts';
import { credentialsOf } from './credentials.ts';

const credential: Credential = {
  ...{ name: 'model-key', host: 'API.example.test', plugins: ['writer'], header: 'Authorization' },
  ...{ env: 'MODEL_KEY', prefix: 'Bearer ' },
};
const admitted = { host: 'api.example.test', port: 443, tls: true, private: false, addresses: [] };
const secret = 'very-secret';

function of(env: Record<string, string>, plugin = 'writer') {
  return credentialsOf(plugin, { credentials: [credential] }, env);
}

function refuses(env: Record<string, string>, target: typeof admitted, message: RegExp): void {
  assert.throws(
    () => of(env)(target),
    (error: Error & { verdict: string; status: number }) => {
      assert.match(error.message, message);
      assert.doesNotMatch(JSON.stringify({ ...error, message: error.message }), /very-secret/);
      assert.deepEqual([error.verdict, error.status], ['unreachable', 502]);
      return true;
    },
  );
}

describe('credentials', () => {
  it('are prefix and variable, for the plugins and the host that they name', () => {
    const added = { credential: 'model-key', header: 'authorization', value: 'Bearer very-secret' };
    assert.deepEqual(of({ MODEL_KEY: secret })(admitted), [added]);
    assert.deepEqual(of({ MODEL_KEY: secret }, 'other')(admitted), []);
    assert.deepEqual(of({ MODEL_KEY: secret })({ ...admitted, host: 'api.example.test.evil.test' }), []);
    assert.deepEqual(credentialsOf('writer', undefined, {})(admitted), []);
  });

  it('say which variable is missing', () => {
    const message = /^The credential model-key cannot be added: its environment variable MODEL_KEY is not set/;
    refuses({}, admitted, message);
    refuses({ MODEL_KEY: '' }, admitted, message);
  });

  it('that would break out of their header are refused, without being shown', () => {
    refuses(
      { MODEL_KEY: `${secret}\r\nX: y` },
      admitted,
      /variable MODEL_KEY holds characters that no header may have/,
    );
  });

  it('go over TLS, or to a host that is listed as private', () => {
    const clear = { ...admitted, port: 80, tls: false };
    refuses({ MODEL_KEY: secret }, clear, /api\.example\.test:80 is asked without TLS/);
    assert.equal(of({ MODEL_KEY: secret })({ ...clear, private: true }).length, 1);
  });
});
