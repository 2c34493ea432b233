import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certify } from '../../conformance/certify/certify.ts';
import { makeKey, readSecretKey } from '../../conformance/certify/signing-key.ts';
import { conform } from '../../conformance/run/conform.ts';
import { loadPlugin } from '../../kernel/loader/load-plugin.ts';
import { readTrust, type Trust } from '../../kernel/loader/trust.ts';
import { newPlugin } from '../../pdk/scaffold/new-plugin.ts';
import { syncPlugin } from '../../pdk/sync/sync-plugin.ts';
import { checkPackage } from './check-package.ts';

const now = new Date('2026-06-01T00:00:00Z');
const extent = { seed: 1, inputs: 1, samples: 1, isolation: 'auto', policies: null } as const;

describe('A package that is to be published', () => {
  let place: string;
  let folder: string;
  let packed: string;
  let trust: Trust;

  before(async () => {
    place = mkdtempSync(join(tmpdir(), 'check-package-'));
    folder = await newPlugin({ name: 'subject', category: 'transformation', language: 'bash', dir: place });
    const { secret } = makeKey(place, 'ada');
    trust = readTrust(place);
    const key = readSecretKey(readFileSync(secret, 'utf8'), secret);
    await certify(await conform(folder, { level: 'L0', ...extent }), { key, days: 30, now });
  });

  beforeEach(() => {
    packed = join(place, 'package');
    cpSync(folder, packed, { recursive: true });
  });

  afterEach(() => rmSync(packed, { recursive: true }));

  after(() => rmSync(place, { recursive: true }));

  const look = (demands: Partial<Parameters<typeof checkPackage>[2]> = {}) =>
    checkPackage(packed, loadPlugin(folder, null, null), { level: 'L0', trust, now, ...demands });

  function refuses(detail: string, hint: string, demands: Parameters<typeof look>[0] = {}): void {
    const message = `The plugin in ${folder} was not published: ${detail}.`;
    assert.throws(() => look(demands), { code: 'PACKAGE_NOT_PUBLISHED', message, remedy: hint });
  }

  function change(how: (described: Record<string, unknown>) => void): void {
    const path = join(packed, 'package.json');
    const described = JSON.parse(readFileSync(path, 'utf8'));
    how(described);
    writeFileSync(path, JSON.stringify(described));
  }

  it('is fit when a trusted key certified it', () => {
    const { name, certificate } = look();

    assert.deepEqual([name, certificate.level, certificate.key], ['subject', 'L0', 'ada']);
  });

  it('needs a certificate in the package, of the level asked for, that counts today', () => {
    const again = (level: string) => `arbiter plugin certify ${folder} --level ${level}`;
    const late = new Date('2026-07-02T00:00:00Z');

    refuses('it is certified at L0', again('L3'), { level: 'L3' });
    refuses('its certificate expired at 2026-07-01T00:00:00.000Z', again('L0'), { now: late });
    assert.throws(() => look({ trust: [] }), {
      message: /its certificate is signed by a key that trust\/ does not have/,
    });
    rmSync(join(packed, 'certificate.json'));
    refuses('it has no certificate', again('L0'));
  });

  it('needs every file that runs, as the manifest has it', () => {
    const files = 'Name the file in `files` of package.json.';
    rmSync(join(packed, 'ledger_contract.json'));
    refuses('its package does not load: The plugin in package has no ledger_contract.json', files);
    cpSync(folder, packed, { recursive: true });
    writeFileSync(join(packed, 'src/plugin.sh'), '#!/bin/bash\n');
    assert.throws(look, {
      message: /its package does not load: The file src\/plugin\.sh of plugin subject is not the/,
    });
  });

  it('is of the folder as it is now', async () => {
    const spec = join(packed, 'plugin.spec.json');
    writeFileSync(spec, readFileSync(spec, 'utf8').replace('Counts', 'Adds up'));
    await syncPlugin(packed);

    refuses('its package has another manifest.json than its folder', 'Correct package.json.');
  });

  it('runs nothing when npm installs it', () => {
    change((described) => {
      described.scripts = { test: 'bash tests/test-plugin.sh', postinstall: 'curl example.org' };
    });
    refuses('its package.json has a script postinstall', 'Take it out: nobody expects a plugin to run then.');
    cpSync(folder, packed, { recursive: true });
    writeFileSync(join(packed, 'binding.gyp'), '');
    refuses('npm would compile its binding.gyp', 'Leave it out.');
  });

  it('has the version of its spec, and is not private', () => {
    change((described) => {
      described.version = '9.0.0';
    });
    refuses('package.json says 9.0.0, the spec 0.1.0', `arbiter plugin sync ${folder}`);
    change((described) => {
      described.private = true;
    });
    refuses('its package.json says that it is private', 'Correct package.json.');
  });
});
