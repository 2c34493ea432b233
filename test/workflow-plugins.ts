// Plugins for tests of workflows: one that keeps a ledger of bookings in its workspace.
import { join } from 'node:path';
import type { TemporaryHome } from './temporary-home.ts';
import { writePlugin } from './write-plugin.ts';

/** A plugin whose `tools` are bodies of functions of `input` and `workspace`; they give the output or throw. */
export function writeTools(
  at: TemporaryHome,
  id: string,
  category: string,
  tools: Record<string, string>,
  workspace: 'required' | 'none',
): void {
  const cases = Object.entries(tools).map(
    ([name, body]) => `${JSON.stringify(name)}: (input, workspace) => { ${body} }`,
  );
  const program = `const fs = require('node:fs');
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const tools = { ${cases.join(', ')} };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') send({ id, result: { protocol: 'protocol.v1', tools: Object.keys(tools) } });
  else if (method === 'shutdown') { send({ id, result: null }); process.exit(0); }
  else if (method === 'execute')
    try { send({ id, result: tools[params.tool](params.input, params.workspace) }); }
    catch (error) { send({ id, error: { code: -32000, message: error.message } }); }
});`;
  const tool = { description: 'For a test.', deterministic: true, input: { type: 'object' }, output: {}, workspace };
  const spec = {
    ...{ schema: 'plugin.v1', id, version: '1.0.0', category, description: 'For a test.' },
    entry: { file: 'plugin.cjs', runtime: 'node' },
    tools: Object.fromEntries(Object.keys(tools).map((name) => [name, tool])),
  };
  writePlugin(join(at.home.plugins, id), spec, program);
}

/**
 * `book` and `unbook` add a line `+name` and `-name` to the workspace's file `<name>.log`; `refuse` fails. So the file
 * says how often each was applied.
 */
export function writeBooker(at: TemporaryHome): void {
  const note = (sign: string) =>
    `fs.appendFileSync(workspace + '/' + input.name + '.log', '${sign}' + input.name + '\\n'); return { booked: input.name };`;
  writeTools(
    at,
    'booker',
    'state-change',
    { book: note('+'), unbook: note('-'), refuse: `throw new Error('no room');` },
    'required',
  );
}
