// Ignored folders that real gates need are seen in private copies, read-only, and are nobody's change.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeShell } from './fixture-plugins.ts';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { writePlugin } from './write-plugin.ts';

// Runs the tests of the workspace as `npm test` would.
const gate = `
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'shutdown') process.exit(0);
  if (method === 'initialize') return send({ id, result: { protocol: 'protocol.v1', tools: ['node-test'] } });
  const { status, stdout } = require('node:child_process').spawnSync(process.execPath, ['--test', '--test-reporter=tap'],
    { cwd: params.workspace, encoding: 'utf8' });
  const message = stdout.split('\\n').filter((one) => /^# (tests|fail) /.test(one)).join(', ');
  send({ id, result: { verdict: status === 0 ? 'pass' : 'fail', findings: [{ path: 'test', message }] } });
});
`;
const gateSpec = {
  ...{ schema: 'plugin.v1', id: 'node-test', version: '1.0.0', category: 'validation', description: 'Runs tests.' },
  entry: { file: 'gate.cjs', runtime: 'node' },
  tools: {
    'node-test': {
      ...{ description: 'node --test.', deterministic: true, workspace: 'required' },
      ...{ input: { type: 'object' }, output: { type: 'object' } },
    },
  },
};
const files = {
  '.gitignore': 'node_modules/\nlocal/\n',
  'sum.js': 'export const sum = (a, b) => a + b;\n',
  'sum.test.js': `import { test } from 'node:test';
import { same } from 'same';
import { sum } from './sum.js';
test('sums', () => same(sum(1, 2), 3));
`,
  'package.json': '{ "type": "module" }\n',
};

for (const isolation of ['auto', 'process'] as const)
  describe(`a carried folder, isolation ${isolation}`, () => {
    let at: TemporaryHome;
    let repository: string;
    const dependency = () => join(repository, 'node_modules', 'same', 'index.js');

    async function setUp(carry: string[]): Promise<void> {
      at?.remove();
      at = temporaryHome({ isolation, workspaces: [{ path: '../work', carry }] });
      writeShell(at);
      writePlugin(join(at.home.plugins, 'node-test'), gateSpec, gate);
      const own = readFileSync(fileURLToPath(new URL('../process/decisions.dmn', import.meta.url)), 'utf8');
      writeFileSync(join(at.home.process, 'decisions.dmn'), gating(own));
      repository = await at.repository('shop', files);
      mkdirSync(join(repository, 'node_modules', 'same'), { recursive: true });
      writeFileSync(
        join(repository, 'node_modules', 'same', 'package.json'),
        '{ "type": "module", "exports": "./index.js" }',
      );
      writeFileSync(dependency(), "import { strictEqual } from 'node:assert';\nexport const same = strictEqual;\n");
    }
    async function carryOut(script: string, expected: number) {
      at.drop('a.jsonl', [{ id: 'task', tool: 'run', workspace: repository, input: { script, anyway: true } }]);
      const { status, stdout } = await at.arbiter('start', '--once');
      assert.equal(status, expected, stdout);
      const [result] = at.results('a.jsonl');
      assert.ok(result);
      return result;
    }
    const gates = async () => JSON.parse((await at.arbiter('plan', 'show', 'task', '--json')).stdout).gates;
    afterEach(() => at.remove());

    it('lets a real test run pass, and fail', async () => {
      await setUp(['node_modules', 'local']);
      await carryOut('ls node_modules/same; echo "export const more = 1;" >> sum.js', 0);
      assert.deepEqual((await gates())[0].verdict, 'pass');
      assert.match((await gates())[0].findings[0].message, /tests 1/);

      await setUp(['node_modules']);
      const result = await carryOut('echo "export const sum = () => 4;" > sum.js', 1);
      assert.equal(result.code, 'GATE_FAILED');
    });

    it('is not there unless it is asked for, and the test run fails then', async () => {
      await setUp([]);
      const result = await carryOut('ls node_modules; echo "// " >> sum.js', 1);
      assert.equal(result.code, 'GATE_FAILED');
    });

    it('takes no change: not in the checkout, and not in the effects', async () => {
      await setUp(['node_modules']);
      const before = readFileSync(dependency(), 'utf8');
      const result = await carryOut(
        `echo x > node_modules/new; echo 'export const same = () => {};' > node_modules/same/index.js; rm -rf node_modules;
         git status --porcelain; echo '// ' >> sum.js`,
        0,
      );
      const { stdout, stderr } = result.output as { stdout: string; stderr: string };
      if (isolation !== 'process') assert.match(stderr, /node_modules\/new: Read-only file system/);
      assert.equal(stdout, '');
      assert.deepEqual(
        result.effects?.map(({ path }) => path),
        ['sum.js'],
      );
      assert.equal(readFileSync(dependency(), 'utf8'), before);
    });

    it('has to be one that git ignores', async () => {
      await setUp(['sub']);
      mkdirSync(join(repository, 'sub'));
      const result = await carryOut('true', 1);
      assert.equal(result.code, 'WORKSPACE_UNSUITABLE');
      assert.match(at.errors('a.jsonl')[0]?.message ?? '', /sub is to be carried, and git does not ignore it/);
    });

    it('cannot lead out of the checkout', async () => {
      for (const path of ['../other', '/etc', 'a/../../b', '.git', 'a/.git/hooks', '.']) {
        at?.remove();
        at = temporaryHome({ workspaces: [{ path: '../work', carry: [path] }] });
        const { status, stderr } = await at.arbiter('start', '--once');
        assert.notEqual(status, 0, path);
        assert.match(stderr, /SETTINGS_INVALID/, path);
      }
    });
  });

/** The tables with a rule that runs the tests when a script changes. */
function gating(tables: string): string {
  const start = tables.indexOf('<decisionTable id="gate-tools.table"');
  const first = tables.indexOf('<rule ', start);
  assert.ok(start > 0 && first > start);
  return `${tables.slice(0, first)}<rule id="gate-tools.tests">
        <inputEntry id="gate-tools.tests.1"><text>"L0"</text></inputEntry>
        <inputEntry id="gate-tools.tests.2"><text>"js"</text></inputEntry>
        <outputEntry id="gate-tools.tests.o"><text>"node-test"</text></outputEntry>
      </rule>
      ${tables.slice(first)}`;
}
