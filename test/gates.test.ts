// Gates run on the private copy, each over a layer of its own: what they write is nobody's change.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { writePlugin } from './write-plugin.ts';

// Passes when it finds the change, and leaves a cache behind as test runners do; fails when it finds another's cache.
const program = `
const fs = require('node:fs');
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'shutdown') process.exit(0);
  if (method === 'initialize') return send({ id, result: { protocol: 'protocol.v1', tools: ['caching-gate'] } });
  const findings = [];
  process.chdir(params.workspace);
  if (fs.existsSync('cache')) findings.push({ message: 'a cache is there already' });
  if (fs.readFileSync('changed.txt', 'utf8') !== 'new') findings.push({ message: 'the change is not there' });
  if (!fs.existsSync('kept.txt')) findings.push({ message: 'what was not changed is not there' });
  try {
    fs.mkdirSync('cache');
    fs.writeFileSync('cache/entry', 'x');
    fs.writeFileSync('kept.txt', 'spoilt');
  } catch (error) {
    findings.push({ message: error.code });
  }
  send({ id, result: { verdict: findings.length === 0 ? 'pass' : 'fail', findings } });
});
`;
const spec = {
  ...{ schema: 'plugin.v1', id: 'caching-gate', version: '1.0.0', category: 'validation', description: 'Caches.' },
  entry: { file: 'gate.cjs', runtime: 'node' },
  tools: {
    'caching-gate': {
      ...{ description: 'Passes what it finds.', deterministic: true, workspace: 'required' },
      ...{ input: { type: 'object' }, output: { type: 'object' } },
    },
  },
};

const own = readFileSync(fileURLToPath(new URL('../process/decisions.dmn', import.meta.url)), 'utf8');

describe('a gate', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
    writePlugin(join(at.home.plugins, 'caching-gate'), spec, program);
    writeFileSync(join(at.home.process, 'decisions.dmn'), gatingText(own));
  });
  afterEach(() => at.remove());

  for (const kind of ['folder', 'repository'] as const)
    it(`may write on the copy of a ${kind}, and nothing of that is kept`, async function () {
      const files = { 'kept.txt': 'kept', 'changed.txt': 'old' };
      const path = kind === 'folder' ? at.folder('work', files) : await at.repository('work', files);
      const input = { path: 'changed.txt', content: 'new' };
      at.drop('a.jsonl', [{ id: 'one', tool: 'file-writer', workspace: path, input }]);

      const { status, stdout } = await at.arbiter('start', '--once');
      const [result] = at.results('a.jsonl');
      if (status !== 0 && /EROFS/.test(JSON.stringify(result))) {
        console.log('      skipped: no overlays here, so a gate sees the copy itself, read-only');
        this.skip();
      }

      assert.equal(status, 0, stdout + JSON.stringify(result));
      if (kind === 'folder') {
        assert.equal(readFileSync(join(path, 'changed.txt'), 'utf8'), 'new');
        assert.equal(readFileSync(join(path, 'kept.txt'), 'utf8'), 'kept');
        assert.equal(existsSync(join(path, 'cache')), false);
      } else assert.equal((await at.git(path, 'diff', '--name-only', 'HEAD', 'arbiter/one')).trim(), 'changed.txt');
      assert.deepEqual(readdirSync(at.home.copies), []);
    });

  /** A gate that answers with the body of a function of `id`. */
  const misbehaving = (body: string) => `
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, error } = JSON.parse(line);
  if (method === 'shutdown') process.exit(0);
  if (method === 'initialize') return send({ id, result: { protocol: 'protocol.v1', tools: ['caching-gate'] } });
  ${body}
});
`;
  const change = (id: string, path: string) => ({
    ...{ id, tool: 'file-writer', workspace: path, input: { path: 'changed.txt', content: 'new' } },
    retry: { maxAttempts: 1 },
  });

  it('that answers no verdict is at fault, and the change is not kept', async () => {
    writePlugin(join(at.home.plugins, 'caching-gate'), spec, misbehaving('send({ id, result: {} });'));
    const path = at.folder('work');
    at.drop('a.jsonl', [change('one', path)]);
    assert.equal((await at.arbiter('start', '--once')).status, 1);
    assert.equal(at.results('a.jsonl')[0]?.code, 'PLUGIN_OUTPUT_INVALID');
    assert.deepEqual(readdirSync(path), []);
  });

  it('that asks the kernel for what it was not granted is refused, and that is recorded', async () => {
    const asking = `if (method) return send({ id: 1, method: 'submit', params: { for: id, task: { tool: 'x' } } });
  send({ id: 2, result: { verdict: error ? 'pass' : 'fail', findings: [] } });`;
    writePlugin(join(at.home.plugins, 'caching-gate'), spec, misbehaving(asking));
    at.drop('a.jsonl', [change('one', at.folder('work'))]);
    assert.equal((await at.arbiter('start', '--once')).status, 0);
    const { envelope } = JSON.parse((await at.arbiter('show', 'one', '--json')).stdout).entries.at(-1);
    assert.deepEqual(envelope.denied, [{ method: 'submit' }]);
  });

  it('that dies again and again is left alone, and the list of plugins says so', async () => {
    at.remove();
    at = temporaryHome({ breaker: { failures: 2, openMs: 600_000 } });
    writePlugin(join(at.home.plugins, 'caching-gate'), spec, misbehaving('process.exit(1);'));
    writeFileSync(join(at.home.process, 'decisions.dmn'), gatingText(own));
    const path = at.folder('work');
    for (const id of ['a', 'b', 'c']) {
      at.drop(`${id}.jsonl`, [change(id, path)]);
      await at.arbiter('start', '--once');
    }
    const codes = ['a', 'b', 'c'].map((id) => at.results(`${id}.jsonl`)[0]?.code);
    assert.deepEqual(codes, ['PLUGIN_DIED', 'PLUGIN_DIED', 'PLUGIN_CIRCUIT_OPEN']);
    const { stdout } = await at.arbiter('plugin', 'list');
    assert.match(stdout, /caching-gate +1\.0\.0 +validation +left alone/);
    assert.match(stdout, /caching-gate is left alone: it failed 2 times in a row, the last time with PLUGIN_DIED/);
    assert.deepEqual(readdirSync(path), []);
  });
});

/** The tables with a rule that gates text files. */
function gatingText(tables: string): string {
  const start = tables.indexOf('<decisionTable id="gate-tools.table"');
  const first = tables.indexOf('<rule ', start);
  const rule = `<rule id="text-files"><inputEntry id="t1"><text>"L0"</text></inputEntry><inputEntry id="t2"><text>"txt"</text></inputEntry><outputEntry id="t3"><text>"caching-gate"</text></outputEntry></rule>`;
  return `${tables.slice(0, first)}${rule}\n${tables.slice(first)}`;
}
