// action.yml, its steps run one after another on plugins made for it. npm, sudo and apt-get are stand-ins that note what they were
// asked: nothing is installed by a test.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { makeKey } from '../conformance/certify/signing-key.ts';
import { checkCertificate } from '../kernel/loader/check-certificate.ts';
import { loadPlugin } from '../kernel/loader/load-plugin.ts';
import { readTrust } from '../kernel/loader/trust.ts';
import { git } from '../kernel/safety/git.ts';
import { newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { type Ran, runSteps, type Step } from './run-steps.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const root = fileURLToPath(new URL('..', import.meta.url));
const action: Action = parse(readFileSync(join(root, 'action.yml'), 'utf8'));
const upload = 'actions/upload-artifact@v7';
const scanning = 'github/codeql-action/upload-sarif@v4';

describe('action.yml', () => {
  let workspace: string;
  let stubs: string;
  let calls: string;

  beforeEach(() => {
    const place = realpathSync(mkdtempSync(join(tmpdir(), 'action-')));
    workspace = join(place, 'workspace');
    stubs = join(place, 'stubs');
    calls = join(place, 'calls');
    mkdirSync(workspace);
    mkdirSync(stubs);
    writeFileSync(calls, '');
    for (const name of ['npm', 'sudo', 'apt-get'])
      writeFileSync(join(stubs, name), `#!/bin/bash\necho "${name} $*" >> '${calls}'\n`, { mode: 0o755 });
  });

  afterEach(() => rmSync(dirname(workspace), { recursive: true }));

  const made = (name: string, dir = workspace) =>
    newPlugin({ name, category: 'transformation', language: 'bash', dir });
  const said = () => readFileSync(calls, 'utf8').trim().split('\n');

  function act(inputs: Record<string, string>, steps = action.runs.steps): Promise<Ran> {
    const defaults = Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default]));
    return runSteps(steps, {
      workspace,
      contexts: { inputs: { ...defaults, level: 'L0', ...inputs } },
      env: { GITHUB_ACTION_PATH: root, XDG_STATE_HOME: join(workspace, '../state') },
      path: [stubs],
    });
  }

  function outputOf({ outputs }: Ran, name: string): string | undefined {
    const [, id = '', output = ''] = /steps\.(\w+)\.outputs\.(\w+)/.exec(action.outputs[name]?.value ?? '') ?? [];
    return outputs[id]?.[output];
  }

  const stepOf = ({ steps }: Ran, name: string) => steps.find((step) => step.name === name);

  it('runs a plugin through the levels, and gives table, reports and the level reached', async () => {
    await made('word-count');

    const ran = await act({ plugins: 'word-*', 'code-scanning': 'true' });

    assert.deepEqual(
      ran.steps.map(({ name, state }) => [name, state]),
      [
        ['actions/setup-node@v5', 'passed'],
        ['Install what builds the sandbox', 'passed'],
        ['Install Arbiter', 'passed'],
        ['Run the levels', 'passed'],
        ['Report', 'passed'],
        [upload, 'passed'],
        [scanning, 'passed'],
      ],
      JSON.stringify(ran.steps),
    );
    assert.match(ran.summary, /^\| plugin \| .*\n.*\n\| word-count \| transformation \| passed .* \| L0 \|$/m);
    assert.deepEqual(
      ['level', 'plugins', 'certificate'].map((name) => outputOf(ran, name)),
      ['L0', 'word-count', ''],
    );
    assert.ok(existsSync(join(workspace, 'conformance-reports/conformance.xml')));
    assert.deepEqual(stepOf(ran, upload)?.given, {
      ...{ name: 'conformance-reports', path: './conformance-reports\n\n', 'if-no-files-found': 'ignore' },
    });
    assert.equal(stepOf(ran, scanning)?.given.sarif_file, './conformance-reports');
    assert.deepEqual(said().at(-1), `npm ci --prefix ${root} --omit=dev --ignore-scripts --no-audit --no-fund`);
  });

  it('certifies what passed where it has a key, and uploads the certificate', async () => {
    const folder = await made('word-count', join(workspace, 'repository'));
    const keys = makeKey(dirname(workspace), 'ada');

    const ran = await act({
      'certify-key': readFileSync(keys.secret, 'utf8'),
      'working-directory': 'repository',
      plugins: '*',
    });

    assert.equal(stepOf(ran, 'Run the levels')?.state, 'passed', stepOf(ran, 'Run the levels')?.said);
    const certificate = 'repository/word-count/certificate.json';
    assert.equal(outputOf(ran, 'certificate'), certificate);
    assert.equal(stepOf(ran, upload)?.given.path, `repository/conformance-reports\n${certificate}\n`);
    const { spec, digest } = loadPlugin(folder, null, {});
    const bearer = { id: spec.id, version: spec.version, digest };
    assert.equal(checkCertificate(folder, bearer, readTrust(dirname(workspace))).state, 'signed');
  });

  it('fails for a plugin that does not reach its level, and reports it all the same', async () => {
    const folder = await made('word-count');
    rmSync(join(folder, 'healthcheck.md'));
    await made('other-count');
    const keys = makeKey(dirname(workspace), 'ada');

    const ran = await act({ plugins: '*-count', 'certify-key': readFileSync(keys.secret, 'utf8') });

    assert.equal(stepOf(ran, 'Run the levels')?.state, 'failed');
    assert.match(ran.summary, /\| word-count \| transformation \| 1 failed .* \| none \|/);
    assert.deepEqual([outputOf(ran, 'level'), outputOf(ran, 'certificate')], ['', 'other-count/certificate.json']);
    assert.equal(stepOf(ran, upload)?.state, 'passed');
  });

  it('looks at changed plugins alone where it is told since when', async () => {
    const commit = async (message: string) => {
      await git(workspace, ['add', '.']);
      await git(workspace, [
        '-c',
        'user.name=Ada',
        '-c',
        'user.email=ada@localhost',
        'commit',
        '--quiet',
        '-m',
        message,
      ]);
    };
    await git(workspace, ['init', '--quiet']);
    await made('one-count');
    await made('two-count');
    await commit('two plugins');
    writeFileSync(join(workspace, 'two-count/tests/more.sh'), '');
    writeFileSync(join(workspace, 'kit.txt'), '');
    await commit('a test more');

    const changed = await act({ plugins: '*-count', 'changed-since': 'HEAD~1' });
    const none = await act({ plugins: '*-count', 'changed-since': 'HEAD', artifact: '' });
    const all = await act({ plugins: '*-count', 'changed-since': 'HEAD~1', shared: 'docs kit.*' });

    assert.deepEqual(
      [changed, none, all].map((ran) => outputOf(ran, 'plugins')),
      ['two-count', '', 'one-count two-count'],
    );
    assert.deepEqual([none.summary, outputOf(none, 'level')], ['There was no plugin to look at.\n', '']);
    assert.deepEqual(
      [upload, scanning].map((name) => stepOf(none, name)?.state),
      ['skipped', 'skipped'],
    );
  });

  it('installs bubblewrap where there is apt and none yet, and another Arbiter where it is asked for one', async () => {
    const [sandbox, install] = ['Install what builds the sandbox', 'Install Arbiter'].map(
      (name) => action.runs.steps.find((step) => step.name === name) as Step,
    );
    // A machine with nothing but what the stand-ins are for.
    const bare = { ...sandbox, run: `PATH='${stubs}'\n${sandbox?.run}` };

    await act({ 'arbiter-package': '@acme/arbiter@0.2.0' }, [bare, install as Step]);

    const [update, apt, ...rest] = said();
    assert.deepEqual(
      [update, apt],
      ['sudo apt-get update', 'sudo apt-get install -y --no-install-recommends bubblewrap'],
    );
    assert.match(
      rest.at(-1) ?? '',
      /^npm install --prefix \S+\/arbiter --ignore-scripts --no-audit --no-fund -- @acme\/arbiter@0\.2\.0$/,
    );
  });
});
