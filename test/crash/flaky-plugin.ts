// A state-change plugin that fails for now until some time after its line was claimed: the first attempts write, fail
// and are thrown away.
import { join } from 'node:path';
import { writePlugin } from '../write-plugin.ts';

const failsForMs = 300;

const program = `
const { writeFileSync, mkdirSync } = require('node:fs');
const { dirname, join } = require('node:path');
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'initialize') return send({ id, result: { protocol: 'protocol.v1', tools: ['flaky-writer'] } });
  if (method === 'shutdown') return process.exit(0);
  if (method !== 'execute') return;
  const early = Date.now() - Date.parse(params.now) < ${failsForMs};
  const path = join(params.workspace, params.input.path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, early ? 'of an attempt that failed' : params.input.content);
  if (early) send({ id, error: { code: -32001, message: 'not yet' } });
  else send({ id, result: {} });
});
`;

/** Two failures fit before the plugin succeeds. */
export const flakyRetry = { maxAttempts: 20, strategy: 'linear', delayMs: 120 } as const;

export function writeFlakyPlugin(plugins: string): void {
  const spec = {
    ...{ schema: 'plugin.v1', id: 'flaky', version: '1.0.0', category: 'state-change' },
    description: 'Fails for now, and then does not.',
    entry: { file: 'flaky.cjs', runtime: 'node' },
    tools: {
      'flaky-writer': {
        ...{ description: 'Writes a file in the end.', deterministic: false, workspace: 'required' },
        input: { type: 'object', required: ['path', 'content'], properties: { path: {}, content: {} } },
        output: { type: 'object' },
      },
    },
  };
  writePlugin(join(plugins, 'flaky'), spec, program);
}
