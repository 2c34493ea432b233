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

describe('a gate', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
    writePlugin(join(at.home.plugins, 'caching-gate'), spec, program);
    const own = readFileSync(fileURLToPath(new URL('../process/decisions.dmn', import.meta.url)), 'utf8');
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
});

/** The tables with a rule that gates text files. */
function gatingText(tables: string): string {
  const start = tables.indexOf('<decisionTable id="gate-tools.table"');
  const first = tables.indexOf('<rule ', start);
  const rule = `<rule id="text-files"><inputEntry id="t1"><text>"L0"</text></inputEntry><inputEntry id="t2"><text>"txt"</text></inputEntry><outputEntry id="t3"><text>"caching-gate"</text></outputEntry></rule>`;
  return `${tables.slice(0, first)}${rule}\n${tables.slice(first)}`;
}
