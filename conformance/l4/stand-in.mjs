// A plugin that answers at once: what its answers take is the kernel's share, and the machine's.
import { createInterface } from 'node:readline';

const reply = (id, result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (method === 'initialize') reply(id, { protocol: 'protocol.v1', tools: ['answer'] });
  else if (method === 'execute') reply(id, {});
  else if (method === 'shutdown') process.exit(0);
});
