// The publishing step of plugin-publish.yml, run against a registry of its own: what is certified goes out, with the token of the
// secret, and what is not does not.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { certify } from '../conformance/certify/certify.ts';
import { makeKey, readSecretKey } from '../conformance/certify/signing-key.ts';
import { conform } from '../conformance/run/conform.ts';
import { newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { type NpmRegistry, startRegistry } from './npm-registry.ts';
import { runSteps, type Step } from './run-steps.ts';

const file = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const { jobs, on } = parse(readFileSync(file('.github/workflows/plugin-publish.yml'), 'utf8'));
const step = jobs.publish.steps.find(({ name }: Step) => name === 'Publish') as Step;
const defaults = Object.fromEntries(
  Object.entries(on.workflow_call.inputs as Record<string, { default?: unknown }>).map(([name, input]) => [
    name,
    input.default ?? '',
  ]),
);

describe('plugin-publish.yml', () => {
  let place: string;
  let registry: NpmRegistry;
  let folder: string;

  before(async () => {
    registry = await startRegistry();
    place = realpathSync(mkdtempSync(join(tmpdir(), 'publish-workflow-')));
    const repository = join(place, 'repository');
    folder = await newPlugin({ name: 'word-count', category: 'transformation', language: 'bash', dir: repository });
    // Neither the package nor npm's settings have a say in where it goes.
    const elsewhere = 'http://127.0.0.1:9/';
    const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const own = { ...described, name: '@acme/word-count', publishConfig: { registry: elsewhere } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(own));
    const { secret } = makeKey(repository, 'ada');
    const extent = { seed: 1, inputs: 1, samples: 1, isolation: 'auto', policies: null } as const;
    const key = readSecretKey(readFileSync(secret, 'utf8'), secret);
    await certify(await conform(folder, { level: 'L0', ...extent }), { key, days: 1, now: new Date() });
    mkdirSync(join(place, 'bin'));
    symlinkSync(file('cli/bin.js'), join(place, 'bin/arbiter'));
    // As setup-node leaves it.
    const host = registry.url.replace('http:', '');
    const settings = [`${host}:_authToken=\${NODE_AUTH_TOKEN}`, `registry=${elsewhere}`, `@acme:registry=${elsewhere}`];
    writeFileSync(join(place, 'npmrc'), `${settings.join('\n')}\n`);
  });

  after(async () => {
    await registry.close();
    rmSync(place, { recursive: true });
  });

  const publish = (inputs: Record<string, unknown>, token = registry.token) =>
    runSteps([step], {
      workspace: place,
      contexts: {
        inputs: { ...defaults, plugin: 'word-count', 'registry-url': registry.url, trust: 'ada.pub.pem', ...inputs },
        secrets: { 'registry-token': token },
      },
      env: { ...registry.env, npm_config_userconfig: join(place, 'npmrc') },
      path: [join(place, 'bin')],
    });

  it('sends what is certified, and nothing that is not or without the token', async () => {
    const tooLow = await publish({ level: 'L5' });
    const stranger = await publish({ level: 'L0' }, 'another-token');
    assert.match(tooLow.steps[0]?.said ?? '', /word-count was not published: it is certified at L0\./);
    assert.match(stranger.steps[0]?.said ?? '', /npm publish .* failed: .*E401/);
    assert.deepEqual(
      [tooLow, stranger].map(({ steps }) => steps[0]?.state),
      ['failed', 'failed'],
    );
    assert.equal(registry.published.size, 0);

    const { steps } = await publish({ level: 'L0', tag: 'next' });

    assert.equal(steps[0]?.said, 'Published @acme/word-count 0.1.0, certified at L0 by ada.');
    assert.deepEqual([...registry.published.keys()], ['@acme/word-count@0.1.0']);
  });
});
