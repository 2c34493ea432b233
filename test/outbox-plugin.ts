// A state change that writes files, hands over requests and asks for tasks, all as its input says.
import { join } from 'node:path';
import { type TemporaryHome, temporaryHome } from './temporary-home.ts';
import { writePlugin } from './write-plugin.ts';

const program = `
const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const waiting = new Map();
let next = 1;
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const call = (method, params) =>
  new Promise((resolve, reject) => {
    waiting.set(next, { resolve, reject });
    say({ id: next++, method, params });
  });
async function announce(id, { input, workspace }) {
  for (const { path, content } of input.files ?? []) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }
  if (input.ask) await fetch(input.ask, { method: 'POST' }).catch(() => undefined);
  const keys = [];
  for (const { parts, ...request } of input.requests ?? []) {
    const body = parts ? { body: parts.join('') } : {};
    keys.push((await call('send', { for: id, ...request, ...body })).key);
  }
  for (const task of input.tasks ?? []) await call('submit', { for: id, task });
  return { keys };
}
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === 'initialize') say({ id, result: { protocol: 'protocol.v1', tools: ['announce'] } });
  else if (method === 'shutdown') process.exit(0);
  else if (method === 'execute')
    announce(id, params).then(
      (result) => say({ id, result }),
      ({ message }) => say({ id, error: { code: -32000, message } }),
    );
  else if (error) waiting.get(id).reject(new Error(error.message));
  else waiting.get(id).resolve(result);
});
`;

/** A home with this plugin, which may send to localhost at `port`. */
export function homeWith(port: number): TemporaryHome {
  const at = temporaryHome({
    network: {
      privateHosts: [`localhost:${port}`],
      credentials: [
        {
          ...{ name: 'test-key', host: 'localhost', plugins: ['herald'] },
          ...{ header: 'authorization', env: 'ARBITER_TEST_KEY', prefix: 'Bearer ' },
        },
      ],
    },
  });
  writeHerald(at, port);
  return at;
}

/** The plugin alone. */
export function writeHerald(at: TemporaryHome, port: number): void {
  const spec = {
    ...{ schema: 'plugin.v1', id: 'herald', version: '1.0.0', category: 'state-change', description: 'Announces.' },
    entry: { file: 'herald.cjs', runtime: 'node' },
    grants: { kernel: ['submit'], hosts: [{ host: 'localhost', port, access: 'effect', tls: false }] },
    tools: {
      announce: {
        ...{ description: 'Announces.', deterministic: true, workspace: 'optional' },
        ...{ input: { type: 'object' }, output: { type: 'object' } },
      },
    },
  };
  writePlugin(join(at.home.plugins, 'herald'), spec, program);
}
