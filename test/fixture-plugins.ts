// Plugins that a test puts into its home.
import { join } from 'node:path';
import type { TemporaryHome } from './temporary-home.ts';
import { writePlugin } from './write-plugin.ts';

/** A node program whose `tools` are bodies of functions of `params`; they call reply(result) or refuse(code, message). */
function program(tools: Record<string, string>): string {
  const cases = Object.entries(tools).map(
    ([name, body]) => `${JSON.stringify(name)}: ({ params, id, reply, refuse, tell }) => { ${body} }`,
  );
  return `const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const tools = { ${cases.join(', ')} };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const reply = (result) => send({ id, result });
  const refuse = (code, message) => send({ id, error: { code, message } });
  const tell = (method, params) => send({ method, params: { id, ...params } });
  if (method === 'initialize') reply({ protocol: 'protocol.v1', tools: Object.keys(tools) });
  else if (method === 'execute') tools[params.tool]({ params, id, reply, refuse, tell });
  else if (method === 'shutdown') { reply(null); process.exit(0); }
});`;
}

function spec(id: string, category: string, tools: readonly string[], more: object = {}) {
  const tool = { description: 'For a test.', deterministic: true, input: { type: 'object' }, output: {} };
  return {
    schema: 'plugin.v1',
    id,
    version: '1.0.0',
    category,
    description: 'For a test.',
    entry: { file: 'plugin.cjs', runtime: 'node' },
    tools: Object.fromEntries(tools.map((name) => [name, tool])),
    ...more,
  };
}

/** `look` fails for now until its workspace has a file `ready`; `sicken` dies while there is a file `ill`. */
export function writeLooker(at: TemporaryHome, more: object = {}): void {
  const bodies = {
    look: `require('node:fs').existsSync(params.workspace + '/ready') ? reply('ready') : refuse(-32001, 'not ready')`,
    sicken: `require('node:fs').existsSync(params.workspace + '/ill') ? process.exit(3) : reply('well')`,
  };
  writePlugin(
    join(at.home.plugins, 'looker'),
    spec('looker', 'acquisition', Object.keys(bodies), more),
    program(bodies),
  );
}

/** `think` says that it spent input.tokens and input.usd, and fails for now unless input.answer is given. */
export function writeSpender(at: TemporaryHome, kernel: readonly string[] = ['spend']): void {
  const bodies = {
    think: `tell('spend', { tokens: params.input.tokens, usd: params.input.usd });
      params.input.answer === undefined ? refuse(-32001, 'no answer yet') : reply(params.input.answer)`,
  };
  writePlugin(
    join(at.home.plugins, 'spender'),
    spec('spender', 'transformation', Object.keys(bodies), { grants: { kernel } }),
    program(bodies),
  );
}

/** `run` runs input.script by the shell in its workspace, and answers with what it wrote to stdout. */
export function writeShell(at: TemporaryHome, more: object = {}): void {
  const bodies = {
    run: `const { status, stdout, stderr } = require('node:child_process').spawnSync('/bin/sh', ['-c', params.input.script],
        { cwd: params.workspace, encoding: 'utf8' });
      status === 0 || params.input.anyway ? reply({ stdout, stderr, status }) : refuse(-32002, stderr)`,
  };
  writePlugin(join(at.home.plugins, 'shell'), spec('shell', 'state-change', ['run'], more), program(bodies));
}

/** `twist` answers with the clock, which it should not read. */
export function writeTwister(at: TemporaryHome): void {
  const bodies = { twist: 'reply({ at: Number(process.hrtime.bigint() % 1000000000n), same: true })' };
  writePlugin(
    join(at.home.plugins, 'twister'),
    spec('twister', 'transformation', Object.keys(bodies)),
    program(bodies),
  );
}
