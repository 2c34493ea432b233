// A home's own plugins, tables, diagram and policies win over the package's.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { writePlugin } from './write-plugin.ts';

const own = (name: string) => readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), 'utf8');

describe('a home of one’s own', () => {
  let at: TemporaryHome;
  beforeEach(() => {
    at = temporaryHome();
  });
  afterEach(() => at.remove());

  const spec = {
    schema: 'plugin.v1',
    id: 'shout',
    version: '1.0.0',
    category: 'transformation',
    description: 'Writes in capitals.',
    entry: { file: 'shout.sh', runtime: 'executable' },
    tools: {
      shout: {
        description: 'Writes in capitals.',
        deterministic: true,
        input: {
          type: 'object',
          required: ['text'],
          properties: { text: { type: 'string' } },
          additionalProperties: false,
        },
        output: {
          type: 'object',
          required: ['text'],
          properties: { text: { type: 'string' } },
          additionalProperties: false,
        },
      },
    },
  };
  // A plugin is a program that reads a line and writes a line, in any language.
  const program = `#!/bin/sh
while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"id":\\([0-9]*\\).*/\\1/')
  case "$line" in
    *'"method":"initialize"'*) result='{"protocol":"protocol.v1","tools":["shout"]}' ;;
    *'"method":"execute"'*) result="{\\"text\\":\\"$(printf '%s' "$line" | sed 's/.*"text":"\\([^"]*\\)".*/\\1/' | tr a-z A-Z)\\"}" ;;
    *) result=null ;;
  esac
  printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$id" "$result"
done
`;

  it('brings a plugin in shell, found and run without touching a table', async () => {
    writePlugin(join(at.home.plugins, 'shout'), spec, program);
    at.drop('a.jsonl', [{ tool: 'shout', input: { text: 'quiet' } }]);
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 0, run.stdout);
    assert.deepEqual(at.results('a.jsonl')[0]?.output, { text: 'QUIET' });
  });

  it('refuses a plugin with a changed byte, by the file that changed', async () => {
    writePlugin(join(at.home.plugins, 'shout'), spec, program);
    writeFileSync(join(at.home.plugins, 'shout', 'shout.sh'), `${program}# changed\n`);
    at.drop('a.jsonl', [{ tool: 'shout', input: { text: 'quiet' } }]);
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 1);
    assert.match(run.stdout, /The file shout\.sh of plugin shout is not the one that its manifest was made for/);
    assert.equal(at.results('a.jsonl')[0]?.code, 'TOOL_UNKNOWN');
  });

  it('changes a decision by changing a table', async () => {
    const tables = own('process/decisions.dmn').replace('<text>"required"</text>', '<text>"default"</text>');
    writeFileSync(join(at.home.process, 'decisions.dmn'), tables);
    at.drop('a.jsonl', [{ tool: 'jsonl-parser', input: { text: '1' } }]);
    await at.arbiter('start', '--once');
    assert.equal(at.results('a.jsonl')[0]?.status, 'waiting');
  });

  it('refuses a table with a cell that means nothing, by its place', async () => {
    writeFileSync(
      join(at.home.process, 'decisions.dmn'),
      own('process/decisions.dmn').replace('"file-writer"</text></inputEntry>', 'writer</text></inputEntry>'),
    );
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 3);
    assert.match(run.stderr, /table plugin-selection, rule 3, column tool: writer: /);
  });

  it('refuses a diagram that misses Verify on a way to Done', async () => {
    const diagram = own('process/orchestration.bpmn').replace(
      'sourceRef="execute" targetRef="verify"',
      'sourceRef="execute" targetRef="commit-ledger"',
    );
    writeFileSync(join(at.home.process, 'orchestration.bpmn'), diagram);
    const run = await at.arbiter('start', '--once');
    assert.equal(run.status, 3);
    assert.match(run.stderr, /a way to done misses verify/);
  });

  it('refuses what takes longer than its own policy allows', async () => {
    const policy = own('policies/performance.yml').replace(
      'transformation: { wallMs: 10000',
      'transformation: { wallMs: 300',
    );
    writeFileSync(join(at.home.policies, 'performance.yml'), policy);
    const sleeper = program.replace('*\'"method":"execute"\'*) ', '*\'"method":"execute"\'*) sleep 60; ');
    writePlugin(join(at.home.plugins, 'shout'), spec, sleeper);
    at.drop('a.jsonl', [{ tool: 'shout', input: { text: 'quiet' }, retry: { maxAttempts: 1 } }]);
    await at.arbiter('start', '--once');
    const [result] = at.results('a.jsonl');
    assert.deepEqual([result?.status, result?.code], ['quarantined', 'PLUGIN_TIMEOUT']);
  });
});
