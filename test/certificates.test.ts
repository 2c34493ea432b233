// A certificate from the keys to the dispatch: made, checked, demanded by a table, recorded, and worth nothing for other bytes.
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskBody } from '../contracts/generated/ledger.v1.ts';
import { openReader } from '../ledger/reader.ts';
import { newPlugin } from '../pdk/scaffold/new-plugin.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { watching } from './watching.ts';

/** A table that demands a certificate of whoever runs `tool`, everything as a rule. */
function demanding(level: string, tool = '-'): string {
  const rule = (cells: readonly string[], output: string) =>
    `<rule>${cells.map((cell) => `<inputEntry><text>${cell}</text></inputEntry>`).join('')}<outputEntry><text>${output}</text></outputEntry></rule>`;
  const input = (name: string) =>
    `<input><inputExpression typeRef="string"><text>${name}</text></inputExpression></input>`;
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:test">
<decision id="plugin-selection" name="Plugin selection"><decisionTable hitPolicy="FIRST">
${['tool', 'owner', 'certificate'].map(input).join('')}<output name="plugin" typeRef="string"/>
${rule([tool, '-', `&gt;= "${level}"`], 'owner')}${rule([tool, '-', '-'], 'null')}${rule(['-', '-', '-'], 'owner')}
</decisionTable></decision></definitions>`;
}

describe('A certificate', () => {
  let at: TemporaryHome;
  let folder: string;

  beforeEach(async () => {
    at = temporaryHome();
    folder = await newPlugin({ name: 'word-count', category: 'transformation', language: 'js', dir: at.home.plugins });
  });

  afterEach(() => at.remove());

  const task = { id: 'count', tool: 'word-count', input: { text: 'one two' } };
  const demand = (level: string) => writeFileSync(join(at.home.process, 'decisions.dmn'), demanding(level));

  async function certify(): Promise<void> {
    assert.equal((await at.arbiter('plugin', 'keygen', 'ada')).status, 0);
    const { status, stdout, stderr } = await at.arbiter('plugin', 'certify', folder, '--level', 'L0');
    assert.equal(status, 0, stdout + stderr);
    assert.match(
      stdout,
      /reached: L0\nCertified word-count 0\.1\.0 at L0, until \d{4}-\d\d-\d\d: certificate\.json in /,
    );
  }

  it('is made, checked, listed, and gone with a changed byte', async () => {
    const before = await at.arbiter('plugin', 'verify', folder);
    assert.deepEqual([before.status, /it has no certificate/.test(before.stdout)], [1, true]);

    await certify();

    const after = await at.arbiter('plugin', 'verify', folder, '--json');
    const [found] = JSON.parse(after.stdout).plugins;
    assert.deepEqual([after.status, found.level, found.certificate.key, found.because], [0, 'L0', 'ada', null]);
    assert.equal((await at.arbiter('plugin', 'verify', folder, '--level', 'L1')).status, 1);
    assert.match((await at.arbiter('plugin', 'list')).stdout, /word-count +0\.1\.0 +transformation +L0/);
    const snapshot = JSON.parse(readFileSync(join(folder, 'policy_snapshot.json'), 'utf8'));
    assert.ok(snapshot.policies['security.rego'] && snapshot.policies['performance.yml']);

    appendFileSync(join(folder, 'dist/plugin.js'), ' ');
    const { status, stdout } = await at.arbiter('plugin', 'verify', folder);
    assert.equal(status, 1);
    assert.match(stdout, /The file dist\/plugin\.js of plugin word-count is not the one .* \(PLUGIN_TAMPERED\)/);
  });

  it('is demanded by a table: without one nothing runs, with one the entry names it, and a replay gives the same', async () => {
    demand('L0');
    at.drop('before.jsonl', [{ ...task, id: 'before' }]);
    await at.arbiter('start', '--once');
    const [refused] = at.errors('before.jsonl');
    assert.equal(refused?.code, 'PLUGIN_NOT_CHOSEN');
    assert.equal(
      refused?.message,
      'The table plugin-selection lets no plugin run word-count: word-count offers it, and it has no certificate.',
    );

    await certify();
    at.drop('after.jsonl', [task]);
    await at.arbiter('start', '--once');

    assert.equal(at.results('after.jsonl')[0]?.status, 'done');
    const reader = openReader(at.home.ledger);
    const body = reader.entriesOf('count').at(-1)?.body as TaskBody;
    reader.close();
    assert.deepEqual([body.plugin?.certificate?.level, body.plugin?.certificate?.key], ['L0', 'ada']);
    assert.equal(body.decisions[0]?.inputs.certificate, 'L0');
    assert.equal((await at.arbiter('ledger', 'replay', 'count')).status, 0);
    assert.match((await at.arbiter('ledger', 'log')).stdout, /certified/);
  });

  it('of a lower level than the table asks for is named as what it is', async () => {
    demand('L4');
    await certify();
    at.drop('low.jsonl', [task]);
    await at.arbiter('start', '--once');

    assert.match(at.errors('low.jsonl')[0]?.message ?? '', /word-count offers it, and it is certified at L0\.$/);
  });

  it('is demanded of gates as of everybody: a change that only a stranger looked at is not kept', async () => {
    writeFileSync(join(at.home.process, 'decisions.dmn'), demanding('L0', '"contract-validator"'));
    const notes = at.folder('notes');
    const input = { path: 'a.json', content: '{}' };
    at.drop('gate.jsonl', [{ id: 'write', tool: 'file-writer', workspace: notes, input }]);

    await at.arbiter('start', '--once');

    const message = at.errors('gate.jsonl')[0]?.message ?? '';
    assert.match(
      message,
      /lets no plugin run contract-validator: contract-validator offers it, and it has no certificate/,
    );
    assert.deepEqual(readdirSync(notes), []);
  });

  it('does not count when its key is taken out of trust/', async () => {
    await certify();
    renameSync(join(at.home.trust, 'ada.pub.pem'), join(at.place, 'ada.pub.pem'));

    const { status, stdout } = await at.arbiter('plugin', 'verify', folder);
    assert.equal(status, 1);
    assert.match(stdout, /signed by a key that trust\/ does not have/);

    assert.match((await at.arbiter('plugin', 'trust', join(at.place, 'ada.pub.pem'), '--name', 'Ada')).stdout, /Ada/);
    assert.equal((await at.arbiter('plugin', 'verify', folder)).status, 0);
  });

  it('does not help a plugin whose file changes while the kernel runs', async () => {
    demand('L0');
    await certify();
    at.drop('first.jsonl', [task]);
    const { kernel, seen, ended } = await watching(at);
    await seen('settled');
    appendFileSync(join(folder, 'plugin.spec.json'), ' ');
    at.drop('second.jsonl', [{ ...task, id: 'again', input: { text: 'three' } }]);
    await seen('finished', 2);
    kernel.kill('SIGINT');
    await ended;

    const [refused] = at.errors('second.jsonl');
    assert.equal(refused?.code, 'PLUGIN_TAMPERED');
    assert.match(refused?.message ?? '', /^The file plugin\.spec\.json of plugin word-count is not the one/);
  });

  it('needs a key, and says how to make one', async () => {
    const { status, stderr } = await at.arbiter('plugin', 'certify', folder, '--level', 'L0');

    assert.equal(status, 3);
    assert.match(stderr, /No key to sign with at .*trust: there is none\.\n.*\n.*arbiter plugin keygen NAME/);
    await at.arbiter('plugin', 'keygen', 'ada');
    assert.match((await at.arbiter('plugin', 'keygen', 'ada')).stderr, /KEY_EXISTS/);
  });

  it('is not given to what reaches no level', async () => {
    await at.arbiter('plugin', 'keygen', 'ada');
    appendFileSync(join(folder, 'dist/plugin.js'), ' ');

    const { status, stderr } = await at.arbiter('plugin', 'certify', folder, '--level', 'L0');

    assert.equal(status, 3);
    assert.match(stderr, /The plugin word-count reached no conformance level.*\n.*\n.*\n.*NOTHING_TO_CERTIFY/);
  });
});
